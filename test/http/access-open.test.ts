import { execFile } from 'node:child_process';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import { expect } from 'chai';
import request from 'supertest';

import { createApp } from '../../server/app.ts';
import { loadConfig } from '../../server/config/index.ts';
import { runCommand } from '../../worker/commands/program.ts';
import { testDatabase, testDatabaseUrl } from '../support/database.ts';
import { listen } from '../support/http-server.ts';
import { sendRaw } from '../support/raw-http.ts';
import { type AccessApp, browserAt, goodPassword, openAccessApp } from './access-app.ts';

const env = {
  DATABASE_URL: 'mysql://root@localhost/unused',
  POSTMARK_SERVER_TOKEN: 'test-token',
  MAIL_FROM: 'Shop <mail@shop.example>',
};

/** The status of a page that is asked for by another name than it is reached at. */
function fetchAs(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = get(url, { headers: { host }, agent: false }, answer => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.on('error', reject);
  });
}

describe('pages without an account', () => {
  let opened: AccessApp;
  before(async () => {
    opened = await openAccessApp();
  });
  after(() => opened.mail.close());
  beforeEach(async () => {
    for (const table of ['postlane_account_sessions', 'postlane_account_tokens', 'postlane_accounts'])
      await testDatabase()(table).delete();
  });

  it('are open to this machine in development, and say how to close them', async () => {
    const app = opened.appWith({ pagesAccess: 'until-account' });
    const { text } = await request(app).get('/').expect(200);
    expect(text).to.include('Local developer').and.include('invite the first admin under Users');
    await request(app).get('/users').expect(200);
    await request(app).get('/profile').expect(404);
  });

  it('are closed to other names, to proxies, and once somebody can sign in', async () => {
    const app = opened.appWith({ pagesAccess: 'until-account' });
    for (const headers of [
      { Host: 'evil.example' },
      { Host: 'localhost.evil.example' },
      { 'X-Forwarded-For': '192.0.2.7' },
      { Forwarded: 'for=192.0.2.7' },
    ]) {
      const { status, headers: answer } = await request(app)
        .get('/')
        .set(headers as never);
      expect([status, answer.location], JSON.stringify(headers)).to.deep.equal([303, './sign-in']);
    }
    await request(app).get('/').set('Host', '[::1]:3000').expect(200);
    await opened.account('ada@example.com', 'admin');
    await request(app).get('/').expect(303);
  });

  it('close when the first invited admin has chosen a password, who has to be an admin', async () => {
    const app = opened.appWith({ pagesAccess: 'until-account' });
    const developer = browserAt(app);
    expect((await developer.get('/users/new')).text).to.match(/value="admin" checked/);
    const refused = await developer.post('/users', { email: 'a@example.com', name: 'A', role: 'viewer' });
    expect([refused.status, refused.text.includes('The first account must be an admin')]).to.deep.equal([
      409,
      true,
    ]);
    const { text } = await developer.post('/users', { email: 'a@example.com', name: 'A', role: 'admin' });
    const link = /value="http:\/\/127\.0\.0\.1(\/invitation\/[\w-]+)"/.exec(text)?.[1] ?? '';
    await developer.get('/').expect(200);
    expect((await developer.post(link, { password: goodPassword, again: goodPassword })).status).to.equal(
      303,
    );
    await request(app).get('/').expect(303);
    await developer.get('/profile').expect(200);
  });

  it('stay open when that is asked for, to this machine by a name of its own alone', async () => {
    await opened.account('ada@example.com', 'admin');
    const app = opened.appWith({ pagesAccess: 'open', publicUrl: 'https://dev.example' });
    for (const host of ['localhost:3000', 'LOCALHOST', 'shop.localhost', '127.0.0.1:80', '[::1]:3000'])
      await request(app).get('/').set('Host', host).expect(200);
    for (const host of [
      'dev.example',
      'evil.example',
      'localhost.evil.example',
      'evil.example:localhost',
      'x@localhost',
    ])
      await request(app).get('/').set('Host', host).expect(303);
  });

  it('are closed to a proxy that says nothing of itself, as nginx does unless it is told to', async () => {
    const server = await listen(opened.appWith({ pagesAccess: 'open' }));
    const statusOver = async (version: string) => {
      const head = `GET / HTTP/${version}\r\nHost: localhost:3000\r\nConnection: close\r\n\r\n`;
      return (await sendRaw(server.port, { parts: [head] })).status;
    };
    expect([await statusOver('1.1'), await statusOver('1.0')]).to.deep.equal([200, 303]);
    await server.close();
  });

  it('believe no header about the name that was asked for: a page whose own name points here sets it', async () => {
    for (const pagesAccess of ['open', 'until-account'] as const) {
      const app = opened.appWith({ pagesAccess });
      for (const header of [
        'X-Forwarded-Host',
        'X-Forwarded-Server',
        'X-Forwarded-For',
        'Forwarded',
        'Via',
        'X-Real-IP',
      ]) {
        const rebound = { Host: 'evil.example:3000', [header]: 'localhost' };
        await request(app).get('/users').set(rebound).expect(303);
        await request(app)
          .get('/users')
          .set({ Host: 'localhost:3000', [header]: 'localhost' })
          .expect(303);
      }
      await request(app).get('/users').set('Host', 'localhost:3000').expect(200);
    }
  });

  it('are open to no other machine that says localhost', async () => {
    const here = Object.values(networkInterfaces()).flat();
    const other = here.find(one => one && !one.internal && one.family === 'IPv4')?.address;
    const server = opened.appWith({ pagesAccess: 'open' }).listen(0);
    try {
      const { port } = server.address() as AddressInfo;
      const statusAt = (host: string) => fetchAs(`http://${host}:${port}/users`, 'localhost');
      expect(await statusAt('127.0.0.1')).to.equal(200);
      if (other) expect(await statusAt(other)).to.equal(303);
    } finally {
      server.close();
    }
  });

  it('ask to sign in where accounts are asked for, and say how to make the first', async () => {
    const { text } = await opened.browser().get('/sign-in').expect(200);
    expect(text).to.include('There are no accounts yet').and.include('postlane user add');
    await opened.account('ada@example.com', 'admin');
    expect((await opened.browser().get('/sign-in')).text).not.to.include('There are no accounts yet');
  });

  it('are what the environment says', async () => {
    const secrets = {
      WEBHOOK_CREDENTIALS: 'postmark:password1',
      POSTLANE_SECRET_KEY: 'x'.repeat(32),
      NODE_ENV: 'production',
    };
    const [production, development] = [loadConfig({ ...env, ...secrets }), loadConfig(env)];
    await request(createApp(opened.mail, testDatabase(), development))
      .get('/')
      .expect(200);
    await request(createApp(opened.mail, testDatabase(), production))
      .get('/')
      .expect(303);
    const https = createApp(
      opened.mail,
      testDatabase(),
      loadConfig({ ...env, ...secrets, POSTLANE_PUBLIC_URL: 'https://shop.example/mail' }),
    );
    const { headers } = await request(https).get('/sign-in').expect(200);
    expect(headers).to.include({
      'strict-transport-security': 'max-age=31536000',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    });
    // Whether the proxy takes the path off or leaves it on.
    await request(https).get('/mail/sign-in').expect(200);
    const lost = await request(https).get('/mail/messages').expect(303);
    expect(lost.headers.location).to.equal('./sign-in?return=messages');
    const health = await request(https).get('/health').expect(200);
    expect(health.headers).to.include({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
    });
  });

  it('keep their session cookie to their own path, by https alone', async () => {
    await opened.account('ada@example.com', 'admin');
    const app = opened.appWith({ publicUrl: 'https://shop.example/mail' });
    const page = await request(app).get('/sign-in');
    const cookie = String(page.headers['set-cookie']).split(';')[0] ?? '';
    const _csrf = /name="csrf-token" content="([^"]*)"/.exec(page.text)?.[1];
    const { headers } = await request(app)
      .post('/sign-in')
      .set('Cookie', cookie)
      .type('form')
      .send({ email: 'ada@example.com', password: goodPassword, _csrf })
      .expect(303);
    const [session, known, ...more] = headers['set-cookie'] ?? [];
    expect(session).to.match(
      /^__Secure-postlane-session=[\w-]{43}; Path=\/mail; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(known)
      .to.match(/^__Secure-postlane-known=[\w.-]+; Max-Age=15552000; Path=\/mail; /)
      .and.match(/; HttpOnly; Secure; SameSite=Lax$/);
    expect(more).to.deep.equal([]);
    const notice = await request(app).post('/sign-out').set('Cookie', cookie).type('form').send({ _csrf });
    expect(String(notice.headers['set-cookie'])).to.match(
      /__Secure-postlane-flash=\w+; Max-Age=60; Path=\/mail; [^,]*, [^,]*; HttpOnly; Secure; SameSite=Lax/,
    );
  });

  it('are given their first account from the command line', async () => {
    const postlane = async (...args: string[]): Promise<string> => {
      const said: string[] = [];
      const print = (text: string) => void said.push(text);
      const variables = { ...env, DATABASE_URL: testDatabaseUrl() };
      await runCommand(['user', ...args], { env: variables, out: print, err: print });
      return said.join('\n');
    };
    const refusal = postlane;
    expect(await refusal('add', '--email', 'ada@example.com', '--role', 'viewer', '--invite')).to.match(
      /^The first account must be an admin/,
    );
    expect(await refusal('add', '--email', 'x', '--role', 'admin')).to.match(/^Enter one e-mail address/);
    expect(await refusal('reset', '--email', 'ada@example.com')).to.equal(
      'There is no account with this address.',
    );
    for (const args of [['remove'], [], ['add', '--nonsense'], ['list', 'more']]) {
      expect(await refusal(...args), args.join(' ')).to.match(/Usage: postlane user/);
    }
    const invited = await postlane('add', '--email', 'ada@example.com', '--role', 'admin', '--invite');
    const linkIn = (text: string) =>
      /^http:\/\/localhost:3000(\/invitation\/[\w-]{43})$/m.exec(text)?.[1] ?? '';
    const choose = (link: string) =>
      opened.browser().post(link, { password: goodPassword, again: goodPassword });
    expect((await choose(linkIn(invited))).status).to.equal(303);
    expect(await postlane('list')).to.equal('ada@example.com  admin  active');
    const reset = await postlane('reset', '--email', 'ADA@example.com');
    expect((await choose(linkIn(reset))).status).to.equal(303);
    const { entries } = await opened.mail.audit.list({ by: 'cli' });
    expect(entries.map(({ action }) => action)).to.deep.equal(['account.password-link', 'account.invite']);
  });

  it('have a command that says how it is used', async () => {
    const run = promisify(execFile);
    const all = { ...process.env, ...env };
    const failed = run(process.execPath, ['--import', 'tsx', 'worker/cli.ts', 'user', 'remove'], {
      env: all,
    });
    const { code, stderr } = (await failed.catch(error => error)) as { code: number; stderr: string };
    expect([code, stderr.includes('Usage: postlane user')]).to.deep.equal([64, true]);
  });
});
