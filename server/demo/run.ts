import { fileURLToPath } from 'node:url';
import { connect, type Db } from '../../db/connect.ts';
import { freePort } from '../../db/local/free-port.ts';
import { resolveDatabase } from '../../db/local.ts';
import { createSandbox, type Sandbox } from '../../test/sandbox/index.ts';
import { type Config, loadConfig, withoutEmpty } from '../config/index.ts';
import { createMail, type Mail } from '../mail/index.ts';
import { announce } from './announce.ts';
import type { Child } from './children.ts';
import { devSecret, newSecret } from './dev-secret.ts';
import demo from './postlane.config.ts';
import { enterWebhooks } from './postmark-webhooks.ts';
import { historyBegin, prepareSeed } from './seed.ts';
import { showSummary } from './summary.ts';

/** What a start is given: where its stop is asked for and registered, and the processes that are to begin. */
export interface StartContext {
  signal: AbortSignal;
  /** Done at the end, the last one first. */
  cleanUps: (() => Promise<unknown>)[];
  /** Loading already. */
  server: Child;
  /** Lets it load. */
  worker(): Child;
  logFolder: string;
  say(line: string): void;
}

const local = !process.env.POSTMARK_SERVER_TOKEN?.trim();
const MAIL_FROM = 'Alder & Finch <hello@alderandfinch.example>';
const secretFile = fileURLToPath(new URL('../../.postlane/secret-key', import.meta.url));

/**
 * Brings everything up and shows how it goes until the signal says stop, or rejects with what went wrong. What it
 * started is left to the clean-ups.
 */
export async function run(context: StartContext): Promise<void> {
  const { signal, server, say } = context;
  signal.throwIfAborted();
  checkEnvironment();
  const { url, engine } = await database(context);
  const sandbox = local ? await localPostmark(context) : null;
  const env = await environment(url, sandbox);
  const config = loadConfig({ ...process.env, ...env }, demo);
  const db = connect(config.database, { poolSize: 6 });
  context.cleanUps.push(() => db.destroy());
  const mail = await openMail(context, config, db, sandbox);
  const seeding = sandbox && (await prepareSeed(mail, db, sandbox, say));
  // By the clock of the history: a shop's templates are older than its mail.
  await mail.templates.files.import();
  await server.begin(env);
  announce({ config, engine, sandbox, logFolder: context.logFolder }, say);
  const worker = context.worker();
  // A worker has no business in the past.
  await seeding?.history(signal);
  if (sandbox) await openWebhooks(mail, sandbox, config);
  const working = worker.begin(env);
  if (seeding) {
    await working;
    await seeding.today();
  }
  const ended = await Promise.race([
    server.ended,
    working.then(() => worker.ended),
    showSummary(mail, signal),
  ]);
  if (!signal.aborted) throw new Error(ended ?? 'The summary ended.');
}

/** Before anything is started; what will be provided here cannot be wrong and stands in as an example. */
function checkEnvironment(): void {
  loadConfig({
    DATABASE_URL: 'mysql://root@localhost/postlane',
    POSTLANE_SECRET_KEY: newSecret(),
    WEBHOOK_CREDENTIALS: `postmark:${newSecret()}`,
    ...(local && { POSTMARK_SERVER_TOKEN: 'local-sandbox', MAIL_FROM }),
    ...withoutEmpty(process.env),
  });
}

async function database({ signal, say, cleanUps }: StartContext) {
  const found = await resolveDatabase({ name: 'start', env: process.env, log: say, signal });
  cleanUps.push(() => found.stop());
  return found;
}

async function localPostmark({ cleanUps }: StartContext): Promise<Sandbox> {
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

/** What our processes get in addition to what the environment says already. */
async function environment(databaseUrl: string, sandbox: Sandbox | null): Promise<Record<string, string>> {
  return {
    DATABASE_URL: databaseUrl,
    // Named as a host names its own; here the demo is the host.
    POSTLANE_CONFIG: fileURLToPath(new URL('./postlane.config.ts', import.meta.url)),
    POSTLANE_PORT: own('PORT') || String(await freePort(3000)),
    POSTLANE_SECRET_KEY: own('SECRET_KEY') || devSecret(secretFile),
    POSTLANE_LOG_LEVEL: own('LOG_LEVEL') || 'warn',
    ...(own('PUBLIC_URL') && { POSTLANE_PUBLIC_URL: own('PUBLIC_URL') }),
    WEBHOOK_CREDENTIALS: process.env.WEBHOOK_CREDENTIALS || `postmark:${newSecret()}`,
    ...(sandbox && {
      POSTMARK_SERVER_TOKEN: sandbox.token,
      POSTMARK_API_URL: sandbox.apiUrl,
      POSTMARK_SMTP_URL: sandbox.smtpUrl.replace('://', `://${sandbox.token}:${sandbox.token}@`),
      POSTMARK_SMTP_CA: sandbox.caCertificate,
      MAIL_FROM,
    }),
  };
}

function own(name: string): string {
  return process.env[`POSTLANE_${name}`]?.trim() || process.env[name]?.trim() || '';
}

/** With the sandbox's time. */
async function openMail(
  { cleanUps }: StartContext,
  config: Config,
  db: Db,
  sandbox: Sandbox | null,
): Promise<Mail> {
  const now = sandbox ? () => sandbox.clock.now() : () => new Date();
  const machineClock = () => new Date();
  const mail = await createMail(config, { role: 'command', db, now, machineClock });
  cleanUps.push(() => mail.close());
  return mail;
}

/** The address that the streams page gives for webhooks. */
async function openWebhooks(mail: Mail, sandbox: Sandbox, { port, webhookCredentials }: Config) {
  const [credential] = webhookCredentials;
  const address = `http://localhost:${port}/webhooks/postmark`;
  if (credential) await enterWebhooks(sandbox, mail.webhooks, address, credential);
}
