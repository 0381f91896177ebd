import type { Mail } from '../../server/mail/index.ts';
import type { Sandbox } from '../sandbox/index.ts';
import { command, type Ended, type Running, sandboxEnv } from './command.ts';
import { openMail, testConfig } from './mail.ts';
import { openForEachTest, standIn } from './opened.ts';
import { type SandboxInUse, useOneSandbox } from './sandbox.ts';

/** A module with the demo's templates, its sandbox, and `postlane` run beside it on the same database. */
export interface CommandMail extends SandboxInUse {
  mail: Mail;
  run(words: readonly string[], running?: Running): Promise<Ended>;
  /** The same with --json: its one line, read. */
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of an answer is what it asserts.
  json(words: readonly string[], running?: Running): Promise<{ exitCode: number; answer: any }>;
}

/** One for each test of the suite around it. */
export function useCommandMail(env: Record<string, string> = {}): CommandMail {
  const used = useOneSandbox({ deliveryMs: 1 });
  const mail = openForEachTest(
    () => openMail({}, testConfig(postmarkOf(used.sandbox))),
    opened => opened.close(),
  );
  const run = (words: readonly string[], running?: Running) =>
    command(words, { ...sandboxEnv(used.sandbox), ...env }, running);
  return {
    ...used,
    mail: standIn(mail),
    run,
    async json(words, running) {
      const { exitCode, out } = await run([...words, '--json'], running);
      if (out.includes('\n')) throw new Error(`More than one line: ${out}`);
      return { exitCode, answer: JSON.parse(out) };
    },
  };
}

/** Where a sandbox is, as a configuration says it. */
export function postmarkOf({ token, apiUrl, smtpUrl, caCertificate }: Sandbox) {
  return { token, apiUrl, smtpUrl: smtpUrl.replace('//', `//${token}:${token}@`), smtpCa: caCertificate };
}
