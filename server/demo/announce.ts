import path from 'node:path';
import type { Sandbox } from '../../test/sandbox/index.ts';
import type { Config } from '../config/index.ts';

/** What has come up. */
export interface Arrival {
  config: Config;
  /** The name and version of the database server. */
  engine: string;
  /** Null: the real Postmark. */
  sandbox: Sandbox | null;
  logFolder: string;
}

const pages = [
  'messages',
  'campaigns',
  'templates',
  'suppressions',
  'streams',
  'reconciliations',
  'jobs',
  'audit',
];

/** Says where to look. */
export function announce({ config, engine, sandbox, logFolder }: Arrival, say: (line: string) => void): void {
  const server = `http://localhost:${config.port}`;
  const place = process.env.DATABASE_URL ? ' (DATABASE_URL)' : ', private, under .postlane/start';
  const isOpen = sandbox !== null || Boolean(process.env.WEBHOOK_CREDENTIALS);
  const closed = isOpen ? '' : ' (closed: set WEBHOOK_CREDENTIALS to let Postmark in)';
  say('');
  say(`Postlane is up: ${server}`);
  say(`  pages      the overview, and behind it ${pages.join(', ')}`);
  say(`  sign-in    ${signIn(config, server)}`);
  say(`  database   ${engine}${place}`);
  say(
    `  Postmark   ${sandbox ? `local sandbox: ${sandbox.apiUrl}` : Object.values(config.servers).map(({ apiUrl }) => apiUrl)}`,
  );
  say(`  webhooks   ${server}/webhooks/postmark${closed}`);
  say(`  logs       ${path.relative(process.cwd(), logFolder) || '.'}`);
  say('  Ctrl-C stops everything.');
  say('');
}

function signIn({ pagesAccess }: Config, server: string): string {
  if (pagesAccess === 'open') return 'not asked for here';
  if (pagesAccess === 'accounts') return 'with an account; postlane user add makes the first';
  return `not asked for here until somebody has an account; invite the first at ${server}/users`;
}
