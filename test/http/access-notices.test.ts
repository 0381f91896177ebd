import { expect } from 'chai';
import { TOTP } from 'otpauth';
import { testDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { type AccessApp, type Browser, goodPassword, openAccessApp } from './access-app.ts';

describe('notices about an account', () => {
  let opened: AccessApp;
  let admin: Browser;
  before(async () => {
    opened = await openAccessApp();
    await opened.account('root@example.com', 'admin');
    admin = await opened.signedIn('root@example.com');
  });
  after(() => opened.mail.close());
  beforeEach(() => testDatabase()('postlane_sign_in_failures').delete());

  const mailsTo = (email: string) => opened.api.given.filter(({ to }) => to.email === email);
  const headingsTo = async (email: string, count: number): Promise<string[]> => {
    await until('the notices', async () => mailsTo(email).length >= count || 'not yet');
    return mailsTo(email).map(({ subject = '' }) => subject.split(':')[0] ?? '');
  };
  const next = 'another walrus on stairs';
  const passwords = { current: goodPassword, password: next, again: next };

  it('tell its owner of the password, the role, and that it was disabled', async () => {
    const { id } = await opened.account('ada@example.com', 'viewer');
    const browser = await opened.signedIn('ada@example.com');
    await browser.post('/profile/password', passwords);
    await admin.post(`/users/${id}/role`, { role: 'editor' });
    await admin.post(`/users/${id}/disablement`, { disabled: 'yes' });
    expect(await headingsTo('ada@example.com', 3)).to.have.members([
      'Your password was changed',
      'Your role was changed',
      'Your account is disabled',
    ]);
    const texts = mailsTo('ada@example.com').map(({ text }) => text);
    expect(texts.join('\n')).to.include('admin root changed your role. It is editor now.');
    expect(mailsTo('root@example.com')).to.deep.equal([]);
  });

  it('tell of the second step, of its reset, and of a code that is used twice', async () => {
    const { id } = await opened.account('grace@example.com', 'viewer');
    const browser = await opened.signedIn('grace@example.com');
    await browser.post('/profile/two-factor', { password: goodPassword });
    const { text } = await browser.get('/profile/two-factor');
    const secret = /class="key">([^<]*)/.exec(text)?.[1]?.replaceAll(' ', '') ?? '';
    const code = () => new TOTP({ secret }).generate({ timestamp: opened.clock.now().getTime() });
    await browser.post('/profile/two-factor/confirmation', { code: code() });
    expect(await headingsTo('grace@example.com', 1)).to.deep.equal(['Two-factor authentication is on']);

    const page = await opened.browser().signIn('grace@example.com');
    const token = /name="token" value="([^"]*)"/.exec(page.text)?.[1];
    await opened.browser().post('/sign-in/code', { token, code: code() });
    expect((await headingsTo('grace@example.com', 2)).at(-1)).to.equal('A sign-in code was used twice');
    const { entries } = await opened.mail.audit.list({ action: 'sign-in.code-reuse' });
    expect(entries.map(({ subject }) => subject)).to.deep.equal([`account:${id}`]);

    await admin.post(`/users/${id}/two-factor-reset`);
    expect((await headingsTo('grace@example.com', 3)).at(-1)).to.equal('Two-factor authentication was reset');
  });

  it('tell of a sign-in from another browser, not from a known one or the first', async () => {
    await opened.account('vera@example.com', 'viewer');
    const first = await opened.signedIn('vera@example.com');
    await first.post('/sign-out');
    await first.signIn('vera@example.com');
    const { agent, token } = opened.browser();
    const _csrf = await token();
    await agent
      .post('/sign-in')
      .set('User-Agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')
      .type('form')
      .send({ email: 'vera@example.com', password: goodPassword, _csrf })
      .expect(303);
    expect(await headingsTo('vera@example.com', 1)).to.deep.equal(['A sign-in from a new browser']);
    expect(mailsTo('vera@example.com')[0]?.text).to.include('Firefox on Linux for the first time');
  });

  it('stand in no change’s way when they cannot be sent', async () => {
    await opened.account('late@example.com', 'viewer');
    const browser = await opened.signedIn('late@example.com');
    const db = testDatabase();
    await db.schema.renameTable('postlane_messages', 'postlane_messages_away');
    try {
      expect((await browser.post('/profile/password', passwords)).status).to.equal(303);
    } finally {
      await db.schema.renameTable('postlane_messages_away', 'postlane_messages');
    }
    await browser.get('/profile').expect(200);
    expect((await opened.browser().signIn('late@example.com', next)).status).to.equal(303);
    expect(await headingsTo('late@example.com', 1)).to.deep.equal(['A sign-in from a new browser']);
  });
});
