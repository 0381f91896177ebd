import { expect } from 'chai';
import { testDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { type AccessApp, goodPassword, openAccessApp } from './access-app.ts';

describe('a forgotten password', () => {
  let opened: AccessApp;
  const minute = 60_000;
  const words = 'If there is an account with this address, we have mailed a link to choose a new password.';
  const better = 'a heron under the bridge';

  before(async () => {
    opened = await openAccessApp();
    await opened.account('root@example.com', 'admin');
  });
  after(() => opened.mail.close());

  const ask = (email: string, browser = opened.browser()) => browser.post('/forgotten-password', { email });
  const mails = async (email: string) => (await opened.mail.messages.find({ recipient: email })).messages;
  /** The link of the mail that was handed over last, once there are so many. */
  const linkMailedTo = async (email: string, count: number): Promise<string> => {
    await until('the mail', async () => {
      const found = await mails(email);
      return (found.length === count && found[0]?.state !== 'sending') || `${found.length} mails`;
    });
    const texts = opened.api.given.filter(({ to }) => to.email === email);
    return /http:\/\/127\.0\.0\.1(\/invitation\/[\w-]{43})/.exec(texts.at(-1)?.text ?? '')?.[1] ?? '';
  };

  it('is answered alike whether there is an account or not', async () => {
    await opened.account('off@example.com', 'editor');
    await testDatabase()('postlane_accounts')
      .where({ email: 'off@example.com' })
      .update({ disabled_at: '2026-01-01' });
    await opened.account('invited@example.com', 'editor');
    await testDatabase()('postlane_accounts')
      .where({ email: 'invited@example.com' })
      .update({ password: null });
    const form = await opened.browser().get('/forgotten-password').expect(200);
    expect(form.text).to.include('action="./forgotten-password"');
    for (const email of [
      'root@example.com',
      'nobody@example.com',
      'off@example.com',
      'invited@example.com',
      '',
    ]) {
      const browser = opened.browser();
      const { status, headers } = await ask(email, browser);
      expect([status, headers.location], email).to.deep.equal([303, './sign-in']);
      expect((await browser.get('/sign-in')).text, email).to.include(words);
    }
    await linkMailedTo('root@example.com', 1);
    for (const email of ['nobody@example.com', 'off@example.com', 'invited@example.com']) {
      expect(await mails(email), email).to.deep.equal([]);
    }
  });

  it('is mended by a link that is mailed, good once, and shown to nobody else', async () => {
    await opened.account('ada@example.com', 'publisher');
    const before = await opened.signedIn('ada@example.com');
    await ask(' Ada@Example.com');
    const link = await linkMailedTo('ada@example.com', 1);
    const root = await opened.signedIn('root@example.com');
    const [{ id = '' } = {}] = await mails('ada@example.com');
    const page = await root.get(`/messages/${id}`).expect(200);
    expect(page.text).to.include('for its recipient alone').and.not.include(link);
    await root.get(`/messages/${id}/preview`).expect(404);
    await root.post(`/messages/${id}/resend`);
    expect(await mails('ada@example.com')).to.have.length(1);

    const ada = opened.browser();
    expect((await ada.post(link, { password: better, again: better })).status).to.equal(303);
    await ada.get('/').expect(200);
    await before.get('/').expect(303);
    expect((await opened.browser().signIn('ada@example.com')).status).to.equal(422);
    expect((await opened.browser().post(link, { password: better, again: better })).status).to.equal(410);
    const { entries } = await opened.mail.audit.list({ action: 'account.password-link' });
    expect(entries[0]?.by).to.equal('sign-in page');
  });

  it('is mended within an hour', async () => {
    await opened.account('late@example.com', 'viewer');
    await ask('late@example.com');
    const link = await linkMailedTo('late@example.com', 1);
    opened.clock.advance(59 * minute);
    await opened.browser().get(link).expect(200);
    opened.clock.advance(minute);
    expect((await opened.browser().get(link).expect(410)).text).to.include('This link has expired.');
  });

  it('fills nobody’s mailbox, and leaves a sign-in that is under way alone', async () => {
    await opened.account('calm@example.com', 'viewer');
    for (let count = 1; count <= 3; count += 1) {
      await ask('calm@example.com');
      await linkMailedTo('calm@example.com', count);
    }
    const browser = opened.browser();
    expect((await ask('calm@example.com', browser)).status).to.equal(303);
    expect((await browser.get('/sign-in')).text).to.include(words);
    // Whoever comes after the one that got none is served after it.
    await ask('root@example.com');
    await linkMailedTo('root@example.com', 2);
    expect(await mails('calm@example.com')).to.have.length(3);
    expect((await opened.browser().signIn('calm@example.com', goodPassword)).status).to.equal(303);
  });

  it('is not for floods from one address', async () => {
    const statuses = [];
    for (let i = 0; i < 25; i += 1) statuses.push((await ask(`user${i}@example.com`)).status);
    expect(statuses.at(-1)).to.equal(429);
  });

  it('is not asked about by forged forms', async () => {
    await opened.browser().agent.post('/forgotten-password').type('form').send({ email: 'x' }).expect(403);
  });
});
