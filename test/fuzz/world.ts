import express from 'express';
import { v7 as uuid } from 'uuid';
import { connect, type Db } from '../../db/connect.ts';
import { emptyTables } from '../../db/empty-tables.ts';
import { createDatabase, dropDatabase, migrate } from '../../db/migrate.ts';
import { hashPassword } from '../../server/accounts/passwords/hash.ts';
import { type Role, roles } from '../../server/admin/person.ts';
import { createApp } from '../../server/app.ts';
import { type Config, loadConfig } from '../../server/config/index.ts';
import demo from '../../server/demo/postlane.config.ts';
import { createMail, type Mail } from '../../server/mail/index.ts';
import { type FakeMail, fakeMail } from '../../server/testing/index.ts';
import { alertData, launchCampaign, newsletterData } from '../http/pages-mail.ts';
import { listen } from '../support/http-server.ts';
import { createScriptedTransport } from '../support/scripted-transport.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';
import { startSink } from './sink.ts';

/** The whole product on one machine, with something of everything in it. */
export interface World {
  mail: Mail;
  fake: FakeMail;
  http: HttpClient;
  db: Db;
  /** Basic auth of the webhooks. */
  webhookLogin: string;
  /** The same of systems that report who wants nothing but essential mail. */
  doNotContactLogin: string;
  /** A browser of somebody in this role who is signed in; `anonymous` is not. */
  browser(role: Visitor): Promise<Browser>;
  /** An input has signed it out. */
  forget(role: Visitor): void;
  /** Ids that paths may name, by what they are of. */
  ids: { message: string[]; campaign: string[]; draft: string; account: string[] };
  /** Errors that nobody awaited, since somebody looked. */
  looseErrors: unknown[];
  /** Sends mail and makes campaigns, so that there is something to act on in every state. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

export type Visitor = Role | 'anonymous';
export const visitors: readonly Visitor[] = ['anonymous', ...roles];

/** What a browser sends along. */
export interface Browser {
  cookie: string;
  token: string;
}

const password = 'a walrus on the stairs';
const cheap = { logN: 4, r: 8, p: 1 };

/** Opens it on a database of its own, which is made again. */
export async function openWorld(url: string): Promise<World> {
  const looseErrors: unknown[] = [];
  process.on('unhandledRejection', error => looseErrors.push(error));
  await dropDatabase(url);
  await createDatabase(url);
  const db = connect(url, { poolSize: 5 });
  await migrate(db);
  await emptyTables(db);
  const sink = await startSink();
  let app = express();
  const server = await listen((asked, answered) => app(asked, answered));
  const config = configOf(url, sink.url, server.url);
  const mail = await createMail(
    { ...config, migrate: false },
    { transports: [createForgetfulTransport()], poolSize: 5, role: 'command' },
  );
  await mail.templates.files.import();
  const settings = { ...config, cost: cheap, requestsPerMinute: 1e9 };
  app = createApp(mail, db, settings);
  const http = createHttpClient(server.port);
  const people = peopleOf(http, db);
  const world: World = {
    mail,
    fake: fakeMail({ templates: config.templates, policy: demo.policy }),
    http,
    db,
    webhookLogin: loginAs('postmark'),
    doNotContactLogin: loginAs('crm'),
    browser: people.browser,
    forget: people.forget,
    ids: { message: [], campaign: [], draft: '', account: people.ids },
    looseErrors,
    refresh: () => refresh(world),
    async close() {
      http.close();
      await server.close();
      await mail.close();
      await sink.close();
      await db.destroy();
    },
  };
  await world.refresh();
  return world;
}

/** Signs links, and all else. */
export const secretKey = 'a-key-of-the-tests-of-32-characters-or-more';
const doorPassword = 'a-password-of-the-tests';

function loginAs(user: string): string {
  return `Basic ${Buffer.from(`${user}:${doorPassword}`).toString('base64')}`;
}

function configOf(database: string, apiUrl: string, publicUrl: string): Config {
  return loadConfig(
    {
      DATABASE_URL: database,
      POSTMARK_SERVER_TOKEN: 'a-token-of-the-tests',
      POSTMARK_API_URL: apiUrl,
      POSTMARK_SMTP_URL: 'smtp://127.0.0.1:9',
      MAIL_FROM: 'Shop <shop@sender.example>',
      WEBHOOK_CREDENTIALS: `postmark:${doorPassword}`,
      DO_NOT_CONTACT_CREDENTIALS: `crm:${doorPassword}`,
      POSTLANE_SECRET_KEY: secretKey,
      POSTLANE_PUBLIC_URL: publicUrl,
      POSTLANE_PAGES_ACCESS: 'accounts',
      POSTLANE_LOG_LEVEL: 'silent',
      NODE_ENV: 'test',
    },
    demo,
  );
}

/** Bulk mail goes nowhere, and is not kept as {@link createScriptedTransport} keeps it. */
function createForgetfulTransport() {
  const transport = createScriptedTransport('postmark-smtp');
  return {
    ...transport,
    send(...given: Parameters<typeof transport.send>) {
      transport.given.length = 0;
      return transport.send(...given);
    },
  };
}

/** People with accounts, signed in when they are asked for, and again when an input has signed them out. */
function peopleOf(http: HttpClient, db: Db) {
  const browsers = new Map<Visitor, Browser>();
  const ids: string[] = [];

  async function addAccount(role: Role): Promise<string> {
    const id = uuid();
    const email = `${role}-${id}@people.example`;
    await db('postlane_accounts').insert({
      ...{ id, email, role, name: `A ${role}` },
      password: await hashPassword(password, cheap),
      created_at: '2026-05-04 09:00:00.000',
    });
    ids.push(id);
    if (ids.length > 12) ids.shift();
    return email;
  }

  async function visit(): Promise<Browser> {
    const { headers, text } = await http.ask({ method: 'GET', path: '/sign-in' });
    return { cookie: cookiesOf(headers['set-cookie']), token: tokenIn(text) };
  }

  async function signIn(role: Role): Promise<Browser> {
    const email = await addAccount(role);
    const { cookie, token } = await visit();
    const body = new URLSearchParams({ email, password, _csrf: token }).toString();
    const { status, headers } = await http.ask({
      method: 'POST',
      path: '/sign-in',
      headers: formHeaders(cookie),
      body,
    });
    if (status !== 303) throw new Error(`Signing in was answered with ${status}.`);
    const all = [cookie, cookiesOf(headers['set-cookie'])].join('; ');
    const { text } = await http.ask({
      method: 'GET',
      path: '/session',
      headers: { cookie: all, accept: 'application/json' },
    });
    return { cookie: all, token: JSON.parse(text).csrf };
  }

  return {
    ids,
    async browser(role: Visitor): Promise<Browser> {
      const known = browsers.get(role);
      if (known) return known;
      const browser = role === 'anonymous' ? await visit() : await signIn(role);
      browsers.set(role, browser);
      return browser;
    },
    forget: (role: Visitor) => void browsers.delete(role),
  };
}

/** Headers of a form of ours. */
export function formHeaders(cookie: string): Record<string, string> {
  return { cookie, 'content-type': 'application/x-www-form-urlencoded' };
}

function cookiesOf(set: string | string[] | undefined): string {
  return [set ?? []]
    .flat()
    .map(line => line.split(';')[0])
    .join('; ');
}

function tokenIn(html: string): string {
  return /name="csrf-token" content="([^"]*)"/.exec(html)?.[1] ?? '';
}

async function refresh({ mail, ids }: World): Promise<void> {
  const send = (to: string) =>
    mail.send({ template: 'operational-alert', to, data: alertData, tag: 'alert' }, { wait: true });
  const sent = [await send('ada@mail.example'), await send('bob@mail.example')];
  await mail.suppressions.add('outbound', 'joan@mail.example', 'asked by phone');
  sent.push(await send('joan@mail.example'));
  const later = new Date(Date.now() + 86_400_000);
  sent.push(
    await mail.send({
      template: 'operational-alert',
      to: 'ada@mail.example',
      data: alertData,
      sendAt: later,
    }),
  );
  ids.message = sent.map(({ id }) => id);
  const make = async (name: string) =>
    (await mail.campaigns.create({ name, template: 'newsletter', data: newsletterData })).id;
  ids.draft = await make('For lists');
  const draft = await make('June');
  await mail.campaigns.addRecipients(draft, [{ email: 'ada@mail.example' }, { email: 'bob@mail.example' }]);
  ids.campaign = [draft, await make('July'), await launchCampaign(mail, 'May', 3)];
}
