import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { resolveDatabase } from '../../db/local.ts';
import { createSandbox, type Sandbox } from '../../test/sandbox/index.ts';
import { type Config, ConfigError, loadConfig, withoutEmpty } from '../config.ts';
import { createMail, type Mail } from '../mail/index.ts';
import { startChild } from './children.ts';
import { freePort } from './free-port.ts';
import { keptSecret, newSecret } from './kept-secret.ts';
import { historyBegin, prepareSeed } from './seed.ts';
import { showSummary } from './summary.ts';

/** `npm start`: a database, a Postmark, the server, the worker, and something to look at. Stops in reverse. */

const root = fileURLToPath(new URL('../../', import.meta.url));
const logFolder = path.join(root, '.postlane', 'logs');
const local = !process.env.POSTMARK_SERVER_TOKEN;
const MAIL_FROM = 'Alder & Finch <hello@alderandfinch.example>';
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
const secretFile = path.join(root, '.postlane', 'secret-key');

const cleanUps: (() => Promise<unknown>)[] = [];
const stopping = new AbortController();
let exitCode = 0;
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    exitCode = code;
    stopping.abort();
  });
}

try {
  await run();
} catch (error) {
  if (!stopping.signal.aborted) {
    exitCode = error instanceof ConfigError ? error.exitCode : 1;
    say(error instanceof Error ? error.message : String(error));
  }
}
if (stopping.signal.aborted) say('Stopping ...');
for (const cleanUp of cleanUps.reverse()) await cleanUp().catch(error => say(String(error)));
if (stopping.signal.aborted) say('Stopped; nothing is left running.');
process.exit(exitCode);

async function run(): Promise<void> {
  checkEnvironment();
  const { url, engine } = await database();
  const sandbox = local ? await localPostmark() : null;
  const env = await environment(url, sandbox);
  const config = loadConfig({ ...process.env, ...env });
  const mail = await openMail(config, sandbox);
  const seeding = sandbox && (await prepareSeed(mail, sandbox, say));
  // By the clock of the history: its templates are older than its mail.
  if (seeding) await mail.templates.files.take();
  const startWorker = () => child('worker', new URL('../../worker/main.ts', import.meta.url), env);
  const [server, early] = await together(
    child('server', new URL('../main.ts', import.meta.url), env),
    // A worker has no business in the past.
    seeding ? null : startWorker(),
  );
  announce(config, engine, sandbox);
  await seeding?.history(stopping.signal);
  sandbox?.setWebhook(`http://127.0.0.1:${config.port}/webhooks/postmark`, credentials(config));
  const worker = early ?? (await startWorker());
  await seeding?.today();
  const ended = await Promise.race([server.ended, worker.ended, showSummary(mail, stopping.signal)]);
  if (!stopping.signal.aborted) throw new Error(ended ?? 'The summary ended.');
}

/** Before anything is started; what will be provided here cannot be wrong and stands in as an example. */
function checkEnvironment(): void {
  loadConfig({
    DATABASE_URL: 'mysql://root@localhost/postlane',
    SECRET_KEY: newSecret(),
    WEBHOOK_CREDENTIALS: `postmark:${newSecret()}`,
    ...(local && { POSTMARK_SERVER_TOKEN: 'local-sandbox', MAIL_FROM }),
    ...withoutEmpty(process.env),
  });
}

async function database() {
  const found = await resolveDatabase({ name: 'start', env: process.env, log: say, signal: stopping.signal });
  cleanUps.push(() => found.stop());
  return found;
}

async function localPostmark(): Promise<Sandbox> {
  const sandbox = await createSandbox({
    port: await freePort(8925),
    smtpPort: await freePort(2525),
    retryScale: 1000,
    deliveryMs: 1200,
    startAt: historyBegin(),
  });
  cleanUps.push(() => sandbox.close());
  return sandbox;
}

/** What our processes are told beside what the environment says already. */
async function environment(databaseUrl: string, sandbox: Sandbox | null): Promise<Record<string, string>> {
  return {
    DATABASE_URL: databaseUrl,
    PORT: process.env.PORT || String(await freePort(3000)),
    SECRET_KEY: process.env.SECRET_KEY || keptSecret(secretFile),
    WEBHOOK_CREDENTIALS: process.env.WEBHOOK_CREDENTIALS || `postmark:${newSecret()}`,
    LOG_LEVEL: process.env.LOG_LEVEL || 'warn',
    ...(sandbox && {
      POSTMARK_SERVER_TOKEN: sandbox.token,
      POSTMARK_API_URL: sandbox.apiUrl,
      POSTMARK_SMTP_URL: sandbox.smtpUrl.replace('://', `://${sandbox.token}:${sandbox.token}@`),
      POSTMARK_SMTP_CA: sandbox.caCertificate,
      MAIL_FROM,
    }),
  };
}

/** All at once; when one fails the others are waited for, so that what they started is stopped. */
async function together<T extends readonly (Promise<unknown> | null)[]>(...starts: T) {
  await Promise.allSettled(starts);
  return Promise.all(starts);
}

/** With the sandbox's time; template files are left to those who know what time it is. */
async function openMail(config: Config, sandbox: Sandbox | null): Promise<Mail> {
  const now = sandbox ? () => sandbox.clock.now() : () => new Date();
  const mail = await createMail(config, { poolSize: 6, now, takeFiles: false });
  cleanUps.push(() => mail.close());
  return mail;
}

async function child(name: string, entry: URL, env: Record<string, string>) {
  const started = await startChild(name, entry, env, logFolder);
  cleanUps.push(() => started.stop());
  return started;
}

function credentials({ webhookCredentials: [first] }: Config) {
  return { username: first?.user ?? '', password: first?.password ?? '' };
}

function announce(config: Config, engine: string, sandbox: Sandbox | null): void {
  const server = `http://localhost:${config.port}`;
  say('');
  say(`Postlane is up: ${server}`);
  say(`  pages      the overview, and behind it ${pages.join(', ')}`);
  say(`  sign-in    not asked for here until somebody has an account; invite the first at ${server}/users`);
  say(
    `  database   ${engine}${process.env.DATABASE_URL ? ' (DATABASE_URL)' : ', private, under .postlane/start'}`,
  );
  say(sandbox ? `  Postmark   local sandbox: ${sandbox.apiUrl}` : `  Postmark   ${config.postmark.apiUrl}`);
  const closed =
    local || process.env.WEBHOOK_CREDENTIALS ? '' : ' (closed: set WEBHOOK_CREDENTIALS to let Postmark in)';
  say(`  webhooks   ${server}/webhooks/postmark${closed}`);
  say(`  logs       ${path.relative(process.cwd(), logFolder) || '.'}`);
  say('  Ctrl-C stops everything.');
  say('');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
