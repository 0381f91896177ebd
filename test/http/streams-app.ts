import express, { type Express } from 'express';
import type { ServerClient } from 'postmark';
import request, { type Response } from 'supertest';
import { hostAccess } from '../../server/admin/access/host.ts';
import type { Role } from '../../server/admin/person.ts';
import { pageRouter } from '../../server/admin/router.ts';
import type { Mail } from '../../server/mail/index.ts';
import { webhookRouter } from '../../server/webhooks/router.ts';
import { restClient } from '../sandbox/clients.ts';
import { createSandbox, type Sandbox } from '../sandbox/index.ts';
import { testDatabase } from '../support/database.ts';
import { type HttpServer, listen } from '../support/http-server.ts';
import { openMail, type TestOptions, testConfig } from '../support/mail.ts';
import { testPolicy } from '../support/policy.ts';

/** A Postmark of our own with a third stream, and the module, its webhook and its pages before it, under `/mail`. */
export interface StreamsApp {
  sandbox: Sandbox;
  postmark: ServerClient;
  mail(): Mail;
  /** Listens where Postmark is to post. */
  server: HttpServer;
  /** The webhook's address. */
  address: string;
  /** Empties the database and Postmark's webhooks, and opens the module again. */
  begin(options?: TestOptions): Promise<void>;
  /** The door, and the pages for a person of this role; `users` are those of the door by the configuration. */
  appFor(role: Role, options?: { publicUrl?: string; users?: string[] }): Express;
  open(path?: string, role?: Role): Promise<Response>;
  /** Sends a form of these pages. */
  send(path: string, fields?: object, on?: Express): Promise<Response>;
  close(): Promise<void>;
}

const secretKeys = ['a key of the tests, 32 characters or more'];
const policy = testPolicy({ email: 'shop@sender.example' });
const newsletter = {
  lane: 'bulk' as const,
  consent: 'opt-in' as const,
  onUnknown: 'prefer-once' as const,
  routes: [
    { stream: 'broadcast', transport: 'postmark-smtp', weight: 3 },
    { stream: 'broadcast', transport: 'postmark-api', weight: 1 },
    { stream: 'news', transport: 'postmark-smtp', weight: 0 },
  ],
};

/** Call once per suite; {@link StreamsApp.begin} before each test. */
export async function openStreamsApp(): Promise<StreamsApp> {
  const sandbox = await createSandbox({ deliveryMs: 1 });
  const postmark = restClient(sandbox);
  await postmark.createMessageStream({ ID: 'news', Name: 'News', MessageStreamType: 'Broadcasts' });
  let mail: Mail | undefined;
  let app: Express = express();
  const server = await listen((asked, answered) => app(asked, answered));

  const opened = () => {
    if (!mail) throw new Error('Begin first.');
    return mail;
  };
  const appFor: StreamsApp['appFor'] = (role, { publicUrl = server.url, users = ['from-env'] } = {}) => {
    const person = { id: `the-${role}`, name: 'Ada', role };
    const options = {
      jobs: testDatabase(),
      secretKeys,
      webhookUsers: users,
      ...(publicUrl && { publicUrl }),
    };
    const pages = pageRouter(opened(), hostAccess({ authenticate: () => person }), options);
    return express().use('/mail', webhookRouter(opened(), { credentials: [], secretKeys }), pages);
  };

  return {
    sandbox,
    postmark,
    mail: opened,
    server,
    address: `${server.url}/mail/webhooks/postmark`,
    async begin(options = {}) {
      await mail?.close();
      const { token, apiUrl, smtpUrl, caCertificate } = sandbox;
      const login = smtpUrl.replace('//', `//${token}:${token}@`);
      const config = testConfig({ token, apiUrl, smtpUrl: login, smtpCa: caCertificate });
      mail = await openMail(
        { policy: { ...policy, categories: { ...policy.categories, newsletter } }, ...options },
        { ...config, smtp: { backup: 'smtp://key-1:hunter2@127.0.0.1:9' } },
      );
      app = appFor('admin');
      for (const { ID } of (await postmark.getWebhooks()).Webhooks) await postmark.deleteWebhook(ID);
    },
    appFor,
    open: async (path = '', role = 'admin') => request(appFor(role)).get(`/mail/streams${path}`),
    async send(path, fields = {}, on = app) {
      const browser = request.agent(on);
      const { body } = await browser.get('/mail/session').accept('json');
      return browser
        .post(`/mail/streams${path}`)
        .type('form')
        .send({ ...fields, _csrf: body.csrf });
    },
    async close() {
      await mail?.close();
      await server.close();
      await sandbox.close();
    },
  };
}

/** The text of the table's row that begins with this word, its tags as spaces. */
export function rowOf(html: string, first: string): string {
  const rows = html.split('<tr>').map(row => textOf(row.split('</tr>')[0] ?? ''));
  return rows.find(row => row.startsWith(`${first} `)) ?? '';
}

/** A page without its tags. */
export function textOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
