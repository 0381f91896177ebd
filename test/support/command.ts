import { fileURLToPath } from 'node:url';
import type { Person } from '../../worker/commands/command.ts';
import { runCommand } from '../../worker/commands/program.ts';
import type { Sandbox } from '../sandbox/index.ts';
import { testDatabaseUrl } from './database.ts';

/** How a command ended, and what it printed. */
export interface Ended {
  exitCode: number;
  out: string;
  err: string;
}

/** How it is run. */
export interface Running {
  /** What a person at the terminal answers; without it nobody sits there. */
  answers?: string;
  signal?: AbortSignal;
  now?: () => Date;
}

/** Runs `postlane ...` in this process with these variables alone. */
export async function command(
  words: readonly string[],
  env: Record<string, string> = {},
  { answers, signal, now }: Running = {},
): Promise<Ended> {
  const printed: { out: string[]; err: string[] } = { out: [], err: [] };
  const exitCode = await runCommand(words, {
    env,
    out: text => void printed.out.push(text),
    err: text => void printed.err.push(text),
    ...(answers !== undefined && { person: personSaying(answers, printed.err) }),
    ...(signal && { signal }),
    ...(now && { now }),
  });
  return { exitCode, out: printed.out.join('\n'), err: printed.err.join('\n') };
}

function personSaying(answers: string, asked: string[]): Person {
  return {
    ask: async question => {
      asked.push(question);
      return answers;
    },
    screen: process.stderr,
    colour: false,
  };
}

/** The categories and templates of the demo. */
const demoConfig = fileURLToPath(new URL('../../server/demo/postlane.config.ts', import.meta.url));

/** The variables of an app on the test database that sends into a sandbox. */
export function sandboxEnv({ token, apiUrl, smtpUrl, caCertificate }: Sandbox): Record<string, string> {
  return {
    DATABASE_URL: testDatabaseUrl(),
    POSTMARK_SERVER_TOKEN: token,
    POSTMARK_API_URL: apiUrl,
    POSTMARK_SMTP_URL: smtpUrl.replace('//', `//${token}:${token}@`),
    POSTMARK_SMTP_CA: caCertificate,
    MAIL_FROM: 'Test Shop <shop@sender.example>',
    POSTLANE_CONFIG: demoConfig,
  };
}
