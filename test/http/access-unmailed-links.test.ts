import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { freePort } from '../../db/local/free-port.ts';
import { demoTemplates } from '../../server/demo/templates.ts';
import { testDatabaseUrl } from '../support/database.ts';
import { until } from '../support/until.ts';
import { type AccessApp, type Browser, openAccessApp } from './access-app.ts';

describe('links to accounts without a template to mail them by', () => {
  let folder = '';
  let opened: AccessApp;
  let root: Browser;
  const why = 'the template account-invitation is not published. postlane init writes it';

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'postlane-links-'));
    await cp(demoTemplates, folder, { recursive: true });
  });
  afterEach(async () => {
    await opened.mail.close();
    await rm(folder, { recursive: true, force: true });
  });

  const open = async () => {
    opened = await openAccessApp({}, { templates: folder });
    await opened.account('root@example.com', 'admin');
    root = await opened.signedIn('root@example.com');
  };
  const invited = () => root.post('/users', { email: 'ada@example.com', name: 'Ada', role: 'editor' });

  describe('that is published', () => {
    beforeEach(async () => {
      await rm(path.join(folder, 'account-invitation'), { recursive: true });
      await open();
    });

    it('are shown to the admin, with why and the remedy', async () => {
      expect((await root.get('/users')).text)
        .to.include(why)
        .and.include('postlane templates push');
      const { status, text } = await invited();
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

    it('are mailed as soon as it is', async () => {
      await cp(path.join(demoTemplates, 'account-invitation'), path.join(folder, 'account-invitation'), {
        recursive: true,
      });
      await opened.mail.templates.files.import();
      expect((await root.get('/users')).text).not.to.include('account-invitation');
      expect((await opened.browser().get('/forgotten-password')).text).to.include('Mail me a link');
      expect((await invited()).text).to.include('was sent');
    });

    it('are spoken of in the log as the stand-alone server starts', async () => {
      const main = new URL('../../server/main.ts', import.meta.url).pathname;
      const server = spawn(process.execPath, ['--import', 'tsx', main], {
        env: {
          PATH: process.env.PATH,
          DATABASE_URL: testDatabaseUrl(),
          POSTMARK_SERVER_TOKEN: 'POSTMARK_API_TEST',
          POSTMARK_API_URL: 'http://127.0.0.1:9',
          MAIL_FROM: 'shop@sender.example',
          POSTLANE_PORT: String(await freePort()),
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

  it('are shown too where the template asks for other data', async () => {
    const file = path.join(folder, 'account-invitation/template.json');
    const content = JSON.parse(await readFile(file, 'utf8'));
    content.data.company = { type: 'string' };
    content.sample.company = 'Blue Door';
    await writeFile(file, JSON.stringify(content));
    await open();
    expect((await root.get('/users')).text).to.match(/account-invitation cannot be used \(.*company/);
    expect((await invited()).text).to.include('/invitation/');
  });
});
