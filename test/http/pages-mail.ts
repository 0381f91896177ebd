import express, { type Express } from 'express';
import request, { type Test } from 'supertest';
import { hostAccess } from '../../server/admin/access/host.ts';
import type { Person } from '../../server/admin/person.ts';
import { pageRouter } from '../../server/admin/router.ts';
import { demoPolicy } from '../../server/demo/policy.ts';
import { demoTemplates } from '../../server/demo/templates.ts';
import { createMail, type Mail } from '../../server/mail/index.ts';
import { emptyTables, testDatabase, testDatabaseUrl } from '../support/database.ts';
import { type FormVisit, postForm, visitForms } from '../support/forms.ts';
import { createScriptedTransport, type ScriptedTransport } from '../support/scripted-transport.ts';

/** A mail module on the empty test database, with its transports in our hands, and its pages under `mount`. */
export interface PagesMail {
  mail: Mail;
  api: ScriptedTransport;
  smtp: ScriptedTransport;
  /** For a person the host vouches for; an admin when nobody is named. */
  appAt(mount: string, person?: Person): Express;
}

const admin: Person = { id: 'host-1', name: 'Grace Admin', role: 'admin' };
const secretKeys = ['a key of the tests, 32 characters or more'];

/** Empties the database and opens a module on it; `mail.close()` ends it. */
export async function openPagesMail(): Promise<PagesMail> {
  await emptyTables(testDatabase());
  const api = createScriptedTransport('postmark-api');
  const smtp = createScriptedTransport('postmark-smtp');
  const config = {
    database: testDatabaseUrl(),
    postmark: { token: 'test-token', apiUrl: 'http://127.0.0.1:9', smtpUrl: 'smtp://key:key@127.0.0.1:9' },
    smtp: {},
    from: 'Shop <mail@shop.example>',
    logLevel: 'silent',
    migrate: false,
    templates: demoTemplates,
    policy: demoPolicy,
  };
  const mail = await createMail(config, { transports: [api, smtp] });
  await mail.templates.files.import();
  return {
    mail,
    api,
    smtp,
    appAt: (mount, person = admin) =>
      express().use(
        mount,
        pageRouter(mail, hostAccess({ authenticate: () => person }), { jobs: testDatabase(), secretKeys }),
      ),
  };
}

/** The pages in the hands of an admin's browser without a script. */
export interface VisitedPages {
  /** What is behind them, and the cookies and token of the visit. */
  pages(): PagesMail & { app: Express; visit: FormVisit };
  /** A page as HTML. */
  page(path: string, status?: number): Promise<string>;
  /** Sends a form; `path` is the whole path. */
  post(path: string, fields: object): Test;
}

/** Opens them before a suite's tests and closes them after the last. */
export function usePages(): VisitedPages {
  let visited: ReturnType<VisitedPages['pages']>;
  before(async () => {
    const opened = await openPagesMail();
    const app = opened.appAt('/');
    visited = { ...opened, app, visit: await visitForms(app) };
  });
  after(() => visited.mail.close());
  return {
    pages: () => visited,
    page: async (path, status = 200) =>
      (await request(visited.app).get(path).set('Cookie', visited.visit.cookie).expect(status)).text,
    post: (path, fields) => postForm(visited.app, path, fields, visited.visit),
  };
}

/** What the operational alert takes. */
export const alertData = {
  severity: 'warning',
  service: 'checkout',
  environment: 'test',
  title: 'Slow answers',
  summary: 'It takes long.',
  startedAt: '2026-05-04T09:00:00Z',
  actionUrl: 'https://status.example.com/1',
};

/** What the newsletter takes. */
export const newsletterData = {
  issue: 'May',
  intro: 'What is new.',
  articles: [{ title: 'One', summary: 'The first.', url: 'https://www.example.com/one' }],
};

/** A launched campaign of `size` recipients, expanded into queued messages. */
export async function launchCampaign(mail: Mail, name: string, size: number): Promise<string> {
  const { id } = await mail.campaigns.create({ name, template: 'newsletter', data: newsletterData });
  await mail.campaigns.addRecipients(
    id,
    Array.from({ length: size }, (_, i) => ({ email: `reader-${i}@example.com` })),
  );
  await mail.campaigns.launch(id);
  await mail.work.expandCampaigns();
  return id;
}
