import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import express, { type Express } from 'express';
import { pino } from 'pino';
import { loadConfig } from '../../server/config/index.ts';
import { demoPolicy } from '../../server/demo/policy.ts';
import { demoTemplates } from '../../server/demo/templates.ts';
import type { Mail } from '../../server/mail/index.ts';
import { webhookRouter } from '../../server/webhooks/router.ts';
import type { Check } from '../../worker/commands/doctor/check.ts';
import { startWorker, type Worker } from '../../worker/index.ts';
import { createSandbox, type Sandbox } from '../sandbox/index.ts';
import { command, sandboxEnv } from './command.ts';
import { emptyTables, testDatabase } from './database.ts';
import { type HttpServer, listen } from './http-server.ts';
import { publicationOf } from './published-templates.ts';
import { until } from './until.ts';

/** A set-up in production, healthy until a test breaks something of it. */
export interface Clinic {
  sandbox: Sandbox;
  mail: Mail;
  worker: Worker;
  /** The app with the public router; a test may put another in its place. */
  app: Express;
  server: HttpServer;
  env: Record<string, string>;
  config: Record<string, unknown>;
  folder: string;
  /** Runs `postlane doctor` with these variables over its own. */
  examine(env?: Record<string, string>, now?: () => Date): Promise<Examined>;
  close(): Promise<void>;
}

/** What the doctor said. */
export interface Examined {
  exitCode: number;
  checks: Check[];
  /** One of them, by its name. */
  of(name: string): Check;
}

const secretKey = 'a-secret-key-of-the-tests-that-is-long-enough';
const credentials = [{ user: 'postmark', password: 'a-password-of-tests' }];

/** Opens one: database, sandbox, templates under a brand of their own, the door, webhooks, a worker, a mail that was reported. */
export async function openClinic(): Promise<Clinic> {
  const publication = publicationOf(testDatabase(), 'doctor');
  await emptyTables(testDatabase());
  const isPutBack = await publication.putBack(new Date());
  const sandbox = await createSandbox({ deliveryMs: 1, verifiedDomains: ['sender.example'] });
  const folder = await mkdtemp(path.join(tmpdir(), 'postlane-doctor-'));
  await cp(demoTemplates, path.join(folder, 'templates'), { recursive: true, filter: isWanted });
  await writeFile(path.join(folder, 'templates/brand.json'), JSON.stringify(brand));
  const server = await listen((asked, answered) => clinic.app(asked, answered));
  const config = { templates: 'templates', publicUrl: server.url, policy: demoPolicy };
  const env = {
    ...sandboxEnv(sandbox),
    NODE_ENV: 'production',
    WEBHOOK_CREDENTIALS: credentials.map(({ user, password }) => `${user}:${password}`).join(','),
    POSTLANE_SECRET_KEY: secretKey,
    POSTMARK_ACCOUNT_TOKEN: sandbox.accountToken,
  };
  const logger = pino({ level: 'silent' });
  const options = { ...config, file: path.join(folder, 'postlane.config.json'), logger };
  const worker = await startWorker(loadConfig(env, options));
  const { mail } = worker;
  const clinic: Clinic = {
    ...{ sandbox, mail, worker, server, env, config, folder },
    app: express().use(webhookRouter(mail, { credentials, secretKeys: [secretKey] })),
    examine: (over, now) => examine(clinic, over, now),
    async close() {
      await worker.stop();
      await server.close();
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await mail.templates.files.import();
  if (!isPutBack) await publication.keep();
  await begin(clinic);
  return clinic;
}

/** Of the templates a few: publishing all of them takes longer than what is looked at. */
const isWanted = (file: string) =>
  !/confirmation|verification|upgrade|alert|shipped|announcement|receipt/.test(
    path.relative(demoTemplates, file),
  );

const brand = {
  name: 'Test Shop',
  url: 'https://sender.example',
  address: 'Here 1',
  colour: '#123456',
  supportEmail: 'help@sender.example',
};

async function begin({ mail, sandbox, server }: Clinic): Promise<void> {
  const streams = mail.webhooks.providers[0]?.streams ?? [];
  await mail.webhooks.setUp('postmark', streams, `${server.url}/webhooks/postmark`, { by: 'test' });
  const data = { resetUrl: 'https://sender.example/r', expiresInMinutes: 30 };
  const { id } = await mail.send({ template: 'password-reset', to: 'ada@mail.example', data });
  await sandbox.idle();
  await until('the mail is reported', async () => {
    const message = await mail.messages.get(id);
    return message?.state === 'delivered' || (message?.state ?? 'gone');
  });
}

async function examine(
  { env, config, folder }: Clinic,
  over: Record<string, string> = {},
  now?: () => Date,
): Promise<Examined> {
  const file = path.join(folder, 'postlane.config.json');
  await writeFile(file, JSON.stringify(config));
  const given = { ...env, ...over };
  const { exitCode, out, err } = await command(['doctor', '--json', '--config', file], given, now && { now });
  expect(err).to.equal('');
  return examined(exitCode, out);
}

/** Reads an answer of the doctor. */
export function examined(exitCode: number, out: string): Examined {
  const { checks } = JSON.parse(out) as { checks: Check[] };
  return {
    exitCode,
    checks,
    of(name) {
      const found = checks.find(check => check.name === name);
      if (!found) throw new Error(`There is no check ${name}.`);
      return found;
    },
  };
}

/** Expects that a check found something wrong, in these words and with this remedy, and that the doctor ended with 1. */
export function expectBad({ exitCode, of }: Examined, name: string, found: RegExp, remedy: RegExp): void {
  const check = of(name);
  expect(check.found, name).to.match(found);
  expect(check.ok, name).to.equal(false);
  expect(check.remedy, name).to.match(remedy);
  expect(exitCode).to.equal(1);
}

/** The policy of the demo, with what a test changes of its categories; as a configuration says it. */
export function policyWith(over: Record<string, object> = {}): { categories: Record<string, object> } {
  return { ...demoPolicy, categories: { ...demoPolicy.categories, ...over } };
}
