import { expect } from 'chai';
import type { Express } from 'express';
import { TOTP } from 'otpauth';
import { v7 as uuid } from 'uuid';
import { testDatabase } from '../support/database.ts';
import { addressOf, routesIn, withMountPaths } from '../support/route-stack.ts';
import { type AccessApp, type Browser, browserAt, goodPassword, openAccessApp } from './access-app.ts';

describe('a second step that roles require', function () {
  this.timeout(60_000);
  let opened: AccessApp;
  let app: Express;

  before(async () => {
    opened = await openAccessApp({ secondStep: ['publisher', 'admin'] });
    app = withMountPaths(() => opened.appWith({}));
    for (const role of ['admin', 'publisher', 'editor'] as const)
      await opened.account(`${role}@shop.example`, role);
  });
  after(() => opened.mail.close());

  const signedIn = async (email: string): Promise<Browser> => {
    const browser = browserAt(app);
    expect((await browser.signIn(email)).status).to.equal(303);
    return browser;
  };
  const setUp = async (browser: Browser) => {
    await browser.post('/profile/two-factor', { password: goodPassword });
    const { text } = await browser.get('/profile/two-factor').expect(200);
    const secret = /class="key">([^<]*)/.exec(text)?.[1]?.replaceAll(' ', '') ?? '';
    const code = new TOTP({ secret }).generate({ timestamp: opened.clock.now().getTime() });
    return browser.post('/profile/two-factor/confirmation', { code });
  };

  it('keeps every page and every form from who has not set it up', async () => {
    const routes = routesIn(app.router as unknown as { stack: unknown[] });
    const browser = await signedIn('admin@shop.example');
    const token = await csrfOf(browser);
    const opens =
      /^\/(sign-in|sign-out|forgotten-password|invitation|assets|profile\/two-factor(?!\/removal))/;
    const wrong: string[] = [];
    let walked = 0;
    for (const route of routes.filter(({ path }) => !opens.test(path))) {
      walked += 1;
      const [before, path] = [route.entered(), addressOf(route, { id: uuid(), ref: 'newsletter' })];
      const ask = (at: string) =>
        route.method === 'get' ? browser.get(at) : browser.agent.post(at).type('form').send({ _csrf: token });
      for (const at of [path, path.toUpperCase(), `${path}/`]) {
        const { status } = await ask(at);
        if (route.entered() > before || status !== (route.method === 'get' ? 303 : 403))
          wrong.push(`${route.method} ${at}: ${status}`);
      }
    }
    expect(walked).to.be.above(60);
    expect(wrong).to.deep.equal([]);
    await browser.get('/messages').accept('json').expect(403);
    await browser.get('/jobs/agendash/').expect(303);
  });

  it('is set up at once, with the reason on the page, and opens everything', async () => {
    const browser = await signedIn('publisher@shop.example');
    const { headers } = await browser.get('/messages').expect(303);
    expect(headers.location).to.equal('./profile/two-factor');
    const { text } = await browser.get('/profile/two-factor').expect(200);
    expect(text).to.include('Your role is publisher. On this server it requires a second step');
    expect(text).to.include('Sign out').and.not.include('aria-label="Sections"');
    const username = 'publisher@shop.example';
    const wrong = await browser.post('/profile/two-factor', { username, password: 'wrong' });
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.include('That is not your current password.').and.include('Your role is publisher');
    expect((await setUp(browser)).text).to.include('Two-factor authentication is on');
    await browser.get('/messages').expect(200);
    const page = await browser.get('/profile').expect(200);
    expect(page.text).to.include('It cannot be turned off').and.not.include('two-factor/removal');
    const removed = await browser.post('/profile/two-factor/removal', { password: goodPassword });
    expect([removed.status, removed.text.includes('requires two-factor authentication')]).to.deep.equal([
      403,
      true,
    ]);
  });

  it('is not asked of other roles, and asked at the next request of one that is raised', async () => {
    const browser = await signedIn('editor@shop.example');
    await browser.get('/messages').expect(200);
    // As by another process, which ends no session.
    await testDatabase()('postlane_accounts')
      .where({ email: 'editor@shop.example' })
      .update({ role: 'publisher' });
    await browser.get('/messages').expect(303).expect('Location', './profile/two-factor');
  });

  it('is asked for again after an admin has reset it', async () => {
    await testDatabase()('postlane_accounts')
      .where({ email: 'publisher@shop.example' })
      .update({ totp_secret: null });
    const browser = await signedIn('publisher@shop.example');
    await browser.get('/').expect(303).expect('Location', './profile/two-factor');
    await browser.post('/sign-out').then(({ status }) => expect(status).to.equal(303));
  });
});

/** The token of a page that is open to everybody who is signed in. */
async function csrfOf(browser: Browser): Promise<string> {
  const { text } = await browser.get('/profile/two-factor').expect(200);
  return /name="csrf-token" content="([^"]*)"/.exec(text)?.[1] ?? '';
}
