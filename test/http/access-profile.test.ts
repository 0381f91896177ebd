import { expect } from 'chai';
import { testDatabase } from '../support/database.ts';
import { type AccessApp, goodPassword, openAccessApp } from './access-app.ts';

describe('users about themselves', () => {
  let opened: AccessApp;
  let rootId: string;

  before(async () => {
    opened = await openAccessApp();
    rootId = (await opened.account('root@example.com', 'admin')).id;
    await opened.signedIn('root@example.com');
  });
  after(() => opened.mail.close());

  const problemIn = (html: string) => /role="alert">(?:<span>)?([^<]*)/.exec(html)?.[1];

  it('change their password, which ends their other sessions', async () => {
    await opened.account('self@example.com', 'viewer');
    const here = await opened.signedIn('self@example.com');
    const there = await opened.signedIn('self@example.com');
    const change = (current: string, password: string, again = password) =>
      here.post('/profile/password', { current, password, again });
    for (const [answer, words] of [
      [await change('wrong', 'another walrus on stairs'), 'That is not your current password.'],
      [await change(goodPassword, 'short'), 'The password needs at least 12 characters'],
      [await change(goodPassword, 'another walrus on stairs', 'x'), 'The two passwords differ.'],
    ] as const) {
      expect([answer.status, problemIn(answer.text)?.startsWith(words)]).to.deep.equal([422, true]);
    }
    await there.get('/').expect(200);
    const token = (answer: { headers: Record<string, unknown> }) =>
      /postlane-session=([\w-]+)/.exec(String(answer.headers['set-cookie']))?.[1];
    const changed = await change(goodPassword, 'another walrus on stairs');
    expect(changed.status).to.equal(303);
    // Whoever had learned the token of this session has nothing left.
    expect(token(changed)).to.match(/^[\w-]{43}$/);
    await here.get('/').expect(200);
    await there.get('/').expect(303);
    expect((await opened.browser().signIn('self@example.com')).status).to.equal(422);
    expect((await opened.browser().signIn('self@example.com', 'another walrus on stairs')).status).to.equal(
      303,
    );
  });

  it('see their sessions, end one, or all', async () => {
    await opened.account('many@example.com', 'viewer');
    const [one, two, three] = [
      await opened.signedIn('many@example.com'),
      await opened.signedIn('many@example.com'),
      await opened.signedIn('many@example.com'),
    ] as const;
    const { text } = await one.get('/profile').expect(200);
    const ids = [...text.matchAll(/name="session" value="([0-9a-f-]{36})"/g)].map(([, id]) => id);
    expect(ids).to.have.length(3);
    const own = (page: string) =>
      /<small>this browser<\/small>[\s\S]*?value="([0-9a-f-]{36})"/.exec(page)?.[1];
    const second = own((await two.get('/profile')).text);
    const strange = await one.post('/profile/sign-outs', { session: '¡' });
    expect(strange.status).to.equal(422);
    await one.post('/profile/sign-outs', { session: second });
    await two.get('/').expect(303);
    await three.get('/').expect(200);
    // Somebody else's session is not theirs to end.
    const rootSession = await testDatabase()('postlane_account_sessions')
      .where({ account_id: rootId, ended_at: null })
      .first();
    await one.post('/profile/sign-outs', { session: rootSession.id });
    expect(
      (await testDatabase()('postlane_account_sessions').where({ id: rootSession.id }).first()).ended_at,
    ).to.equal(null);
    await one.post('/profile/sign-outs', { session: 'all' });
    for (const browser of [one, three]) await browser.get('/').expect(303);
  });

  it('confirm their password so often, as at the door', async () => {
    await opened.account('guess@example.com', 'viewer');
    const browser = await opened.signedIn('guess@example.com');
    for (let i = 0; i < 5; i += 1) await browser.post('/profile/password', { current: 'wrong' });
    expect((await browser.post('/profile/password', { current: goodPassword })).status).to.equal(429);
  });

  it('can change it while a stranger keeps the door closed', async () => {
    await opened.account('calm@example.com', 'viewer');
    const browser = await opened.signedIn('calm@example.com');
    for (let i = 0; i < 6; i += 1) await opened.browser().signIn('calm@example.com', 'wrong');
    const next = 'another walrus on stairs';
    const fields = { current: goodPassword, password: next, again: next };
    expect((await browser.post('/profile/password', fields)).status).to.equal(303);
  });

  it('are locked out of nothing by a name that a stranger makes up', async () => {
    const { id } = await opened.account('safe@example.com', 'viewer');
    const browser = await opened.signedIn('safe@example.com');
    const names = [`within ${id}`, id, `profile\n${id}`, `["profile","${id}"]`];
    for (const name of names) for (let i = 0; i < 6; i += 1) await opened.browser().signIn(name, 'wrong');
    await testDatabase()('postlane_sign_in_failures').where('failures', '>', 15).delete();
    const next = 'another walrus on stairs';
    const fields = { current: goodPassword, password: next, again: next };
    expect((await browser.post('/profile/password', fields)).status).to.equal(303);
  });
});
