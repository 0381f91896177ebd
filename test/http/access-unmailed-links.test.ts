import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { freePort } from '../../db/local/free-port.ts';
import { readPolicy } from '../../server/mail/routing/policy-options.ts';
import { testDatabaseUrl } from '../support/database.ts';
import { testPolicy } from '../support/policy.ts';
import { until } from '../support/until.ts';
import { type AccessApp, type Browser, openAccessApp } from './access-app.ts';

const why = 'the routing policy has no category that is transactional and needs no consent';
const bulkAlone = { categories: { newsletter: { lane: 'bulk' }, offers: { consent: 'opt-in' } } } as const;

describe('links to accounts where no category can mail them', () => {
  let opened: AccessApp;
  let root: Browser;
  let folder = '';

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'postlane-links-'));
    const from = { email: 'shop@sender.example' };
    const routes = {
      transactional: { stream: 'outbound', transport: 'postmark-api' },
      bulk: { stream: 'broadcast', transport: 'postmark-api' },
    };
    opened = await openAccessApp({}, { policy: readPolicy(bulkAlone, from, routes), templates: folder });
    await opened.account('root@example.com', 'admin');
    root = await opened.signedIn('root@example.com');
  });
  after(async () => {
    await opened.mail.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('are shown to the admin, with why and the remedy', async () => {
    expect((await root.get('/users')).text)
      .to.include(why)
      .and.include('Add one to its categories');
    const { status, text } = await root.post('/users', {
      ...{ email: 'ada@example.com', name: 'Ada', role: 'editor' },
    });
    expect(status).to.equal(200);
    expect(text)
      .to.include(why)
      .and.match(/value="http:\/\/127\.0\.0\.1\/invitation\/[\w-]{43}"/);
  });

  it('are promised to nobody who forgot a password', async () => {
    const form = await opened.browser().get('/forgotten-password').expect(200);
    expect(form.text).to.include('Ask an admin for a link').and.not.include('Mail me a link');
    for (const email of ['root@example.com', 'nobody@example.com']) {
      const { status, text } = await opened.browser().post('/forgotten-password', { email });
      expect(status, email).to.equal(503);
      expect(text).to.include('Ask an admin for a link').and.not.include('we have mailed');
    }
  });

  it('are spoken of in the log as the stand-alone server starts', async () => {
    const file = path.join(folder, 'postlane.config.json');
    await writeFile(file, JSON.stringify({ policy: bulkAlone }));
    const main = new URL('../../server/main.ts', import.meta.url).pathname;
    const server = spawn(process.execPath, ['--import', 'tsx', main], {
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: testDatabaseUrl(),
        POSTMARK_SERVER_TOKEN: 'POSTMARK_API_TEST',
        POSTMARK_API_URL: 'http://127.0.0.1:9',
        MAIL_FROM: 'shop@sender.example',
        POSTLANE_PORT: String(await freePort()),
        POSTLANE_CONFIG: file,
      },
    });
    let said = '';
    for (const stream of [server.stdout, server.stderr]) stream.on('data', chunk => (said += chunk));
    const ended = once(server, 'exit');
    try {
      await until('the server is up', async () => said.includes('server up') || said);
      expect(said).to.include(why);
    } finally {
      server.kill('SIGTERM');
      await ended;
    }
  }).timeout(30_000);
});

describe('links to accounts on a database without a template', () => {
  it('are mailed', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'postlane-links-'));
    const { mail, account, signedIn } = await openAccessApp({}, { templates: folder });
    try {
      await account('root@example.com', 'admin');
      const root = await signedIn('root@example.com');
      expect((await root.get('/users')).text).not.to.include(why);
      const { text } = await root.post('/users', { email: 'ada@example.com', name: 'Ada', role: 'editor' });
      expect(text).to.include('was sent');
    } finally {
      await mail.close();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('go by another category where there is none named account', async () => {
    const policy = testPolicy({ email: 'shop@sender.example' });
    const { account: _, ...categories } = policy.categories;
    // Templates of that category could not be published.
    const folder = await mkdtemp(path.join(tmpdir(), 'postlane-links-'));
    const { mail, ...app } = await openAccessApp(
      {},
      { templates: folder, policy: { ...policy, categories } },
    );
    try {
      await app.account('root@example.com', 'admin');
      const root = await app.signedIn('root@example.com');
      await root.post('/users', { email: 'ada@example.com', name: 'Ada', role: 'editor' });
      const { messages } = await mail.messages.find({ recipient: 'ada@example.com' });
      expect(messages.map(({ category }) => policy.categories[category]?.onUnknown)).to.deep.equal([
        'prefer-delivery',
      ]);
    } finally {
      await mail.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
