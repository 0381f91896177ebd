import { expect } from 'chai';
import { MailError } from '../../server/mail/index.ts';
import { testDatabase } from '../support/database.ts';
import { type AccessApp, type Browser, goodPassword, openAccessApp } from './access-app.ts';

const day = 24 * 3_600_000;

describe('users', () => {
  let opened: AccessApp;
  let root: Browser;
  let rootId: string;

  before(async () => {
    opened = await openAccessApp();
    rootId = (await opened.account('root@example.com', 'admin')).id;
    root = await opened.signedIn('root@example.com');
  });
  after(() => opened.mail.close());

  const linkIn = (html: string) =>
    /value="http:\/\/127\.0\.0\.1(\/invitation\/[\w-]{43})"/.exec(html)?.[1] ?? '';
  const invite = (email: string, role = 'editor', name = 'New One') =>
    root.post('/users', { email, name, role });
  const idOf = async (email: string): Promise<string> =>
    (await testDatabase()('postlane_accounts').where({ email }).first()).id;
  const join = (link: string, password = goodPassword, browser = opened.browser()) =>
    browser.post(link, { password, again: password });
  const problemIn = (html: string) => /role="alert">(?:<span>)?([^<]*)/.exec(html)?.[1];

  it('are invited by a link that is mailed, shown once, and good once', async () => {
    opened.api.answer(() => ({
      kind: 'accepted',
      code: 'postmark-0',
      answer: 'OK',
      providerMessageId: null,
    }));
    const { status, text } = await invite('Ada@Example.com ', 'publisher', 'Ada <b>');
    expect(status).to.equal(200);
    const link = linkIn(text);
    expect(text)
      .to.match(/The link <a href="\.\/messages\/[0-9a-f-]{36}">was sent<\/a> to ada@example\.com/)
      .and.include('Ada &lt;b&gt; is invited');
    expect((await root.get(`/users/${await idOf('ada@example.com')}`)).text).not.to.include(link);
    const { messages } = await opened.mail.messages.find({ recipient: 'ada@example.com' });
    expect(
      messages.map(({ template, category, confidential }) => [template, category, confidential]),
    ).to.deep.equal([[null, 'account', true]]);

    // Who may read messages does not find the link there.
    expect(await opened.mail.messages.content(messages[0]?.id ?? '')).to.equal(null);
    expect((await root.get(`/messages/${messages[0]?.id}`).expect(200)).text).not.to.include(link);

    // Looking uses nothing up.
    const page = await opened.browser().get(link).expect(200);
    expect(page.text)
      .to.include('You have been invited as publisher.')
      .and.include('value="ada@example.com"');
    await opened.browser().get(link).expect(200);

    const ada = opened.browser();
    const joined = await join(link, goodPassword, ada);
    expect([joined.status, joined.headers.location]).to.deep.equal([303, '../']);
    expect((await ada.get('/').expect(200)).text)
      .to.include('Ada &lt;b&gt;')
      .and.include('publisher');
    for (const answer of [await opened.browser().get(link), await join(link)]) {
      expect([answer.status, answer.text.includes('This link has been used')]).to.deep.equal([410, true]);
    }
  });

  it('get a link by hand when no mail can be sent', async () => {
    const { send } = opened.mail;
    opened.mail.send = async () => {
      throw new MailError('unknown-category', 'The policy of this host has no such category.');
    };
    const { text } = await invite('byhand@example.com');
    opened.mail.send = send;
    expect(text).to.include('The link could not be sent by mail.');
    expect((await join(linkIn(text))).status).to.equal(303);
  });

  it('get it by hand as well when the mail was refused or has to wait', async () => {
    for (const outcome of [
      { kind: 'deferred', code: 'postmark-500', answer: 'later' },
      { kind: 'rejected', code: 'postmark-300', answer: 'no', inactive: [] as string[] },
    ] as const) {
      opened.api.answer(() => ({ ...outcome }));
      const { text } = await invite(`waiting-${outcome.kind}@example.com`);
      expect(text, outcome.kind).to.include('The link could not be sent by mail.');
    }
    expect(
      await testDatabase()('postlane_messages').whereIn('state', ['queued', 'sending']).select('id'),
    ).to.deep.equal([]);
    opened.api.answer(() => ({
      kind: 'accepted',
      code: 'postmark-0',
      answer: 'OK',
      providerMessageId: null,
    }));
  });

  it('who are invited twice have one link that works, the newer one', async () => {
    const first = linkIn((await invite('twice@example.com')).text);
    const again = await invite('twice@example.com', 'viewer');
    expect([again.status, again.text.includes('Earlier links no longer work.')]).to.deep.equal([200, true]);
    expect((await opened.browser().get(first)).status).to.equal(410);
    expect((await join(linkIn(again.text))).status).to.equal(303);
    const third = await invite('twice@example.com');
    expect([third.status, problemIn(third.text)]).to.deep.equal([
      409,
      'twice@example.com has an account already. Change its role, or create a link for a new password.',
    ]);
    expect(
      await testDatabase()('postlane_accounts').where({ email: 'twice@example.com' }).pluck('role'),
    ).to.deep.equal(['viewer']);
  });

  it('cannot come by an expired, a broken or a foreign link', async () => {
    const link = linkIn((await invite('late@example.com')).text);
    opened.clock.advance(7 * day);
    root = await opened.signedIn('root@example.com');
    for (const [path, words] of [
      [link, 'This link has expired. Ask an admin for a new one.'],
      [`${link.slice(0, -1)}x`, 'This link is incomplete or unknown'],
      ['/invitation/%00', 'This link is incomplete or unknown'],
    ] as const) {
      const { status, text } = await opened.browser().get(path);
      expect([status, text.includes(words)], path).to.deep.equal([410, true]);
      expect((await join(path)).status).to.equal(410);
    }
    expect((await root.get('/users')).text).to.include('invitation expired');
    const renewed = await root.post(`/users/${await idOf('late@example.com')}/links`);
    expect((await join(linkIn(renewed.text))).status).to.equal(303);
  });

  it('choose a password that is one', async () => {
    const link = linkIn((await invite('picky@example.com', 'editor', 'Picky Person')).text);
    for (const [password, again, words] of [
      ['short', 'short', 'The password needs at least 12 characters'],
      [goodPassword, `${goodPassword}!`, 'The two passwords differ.'],
      ['picky@example.com', 'picky@example.com', 'This password is little more than'],
    ] as const) {
      const { status, text } = await opened.browser().post(link, { password, again });
      expect([status, problemIn(text)?.startsWith(words)], password).to.deep.equal([422, true]);
    }
    const answers = await Promise.all([join(link), join(link), join(link)]);
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([303, 410, 410]);
  });

  it('are refused in plain words when the form is wrong', async () => {
    for (const [fields, words] of [
      [{ email: 'nonsense', name: 'x', role: 'admin' }, 'Enter one e-mail address'],
      [{ email: 'a@example.com, b@example.com', name: 'x', role: 'admin' }, 'Enter one e-mail address'],
      [{ email: 'a@example.com', name: ' ', role: 'admin' }, 'Enter a name of 1 to 200 characters.'],
      [
        { email: 'a@example.com', name: 'x', role: 'root' },
        'Choose one of these roles: viewer, editor, publisher, admin.',
      ],
      [{}, 'Enter one e-mail address'],
    ] as const) {
      const { status, text } = await root.post('/users', fields);
      expect([status, problemIn(text)?.startsWith(words)], JSON.stringify(fields)).to.deep.equal([422, true]);
    }
    // No browser sends this.
    const email = 'a@example.com\r\nBcc: b@example.com';
    const { status, text } = await root.post('/users', { email, name: 'x', role: 'admin' });
    expect(status).to.equal(422);
    expect(text).to.include('The e-mail address must be one line');
  });

  it('change their role from the next request on', async () => {
    const { id } = await opened.account('grace@example.com', 'viewer');
    const grace = await opened.signedIn('grace@example.com');
    expect((await grace.post('/templates/x/draft')).status).to.equal(403);
    expect(
      (await grace.post('/users', { email: 'x@example.com', name: 'x', role: 'admin' })).status,
    ).to.equal(403);
    await grace.get('/users').expect(403);
    expect((await root.post(`/users/${id}/role`, { role: 'admin' })).status).to.equal(303);
    await (await opened.signedIn('grace@example.com')).get('/users').expect(200);
    expect((await root.post(`/users/${id}/role`, { role: 'root' })).status).to.equal(422);
    const { entries } = await opened.mail.audit.list({ action: 'account.role', subject: `account:${id}` });
    const entry = await opened.mail.audit.get(entries[0]?.id ?? '');
    expect(entry).to.deep.include({ by: rootId });
    expect([entry?.before, entry?.after]).to.deep.equal(
      ['viewer', 'admin'].map(role => ({
        email: 'grace@example.com',
        name: 'viewer grace',
        role,
        disabled: false,
        twoFactor: false,
      })),
    );
    const { text } = await root.get(`/audit/${entries[0]?.id}`).expect(200);
    expect(text)
      .to.include('<del>- role: viewer</del>')
      .and.include('<ins>+ role: admin</ins>')
      .and.include('admin root');
    expect((await root.get(`/audit?by=${rootId}&action=account.role`)).text).to.include(
      'account: viewer grace',
    );
    expect((await root.get('/audit?by=Root@example.com')).text).to.include('account: viewer grace');
    await root.post(`/users/${id}/disablement`, { disabled: 'yes' });
  });

  it('who are disabled are out at once, and can come back', async () => {
    const { id } = await opened.account('hugo@example.com', 'editor');
    const hugo = await opened.signedIn('hugo@example.com');
    const link = linkIn((await root.post(`/users/${id}/links`)).text);
    expect((await root.post(`/users/${id}/disablement`, { disabled: 'yes' })).status).to.equal(303);
    await hugo.get('/').expect(303);
    expect((await opened.browser().signIn('hugo@example.com')).status).to.equal(422);
    expect((await opened.browser().get(link)).status).to.equal(410);
    expect((await root.post(`/users/${id}/links`)).status).to.equal(409);
    await root.post(`/users/${id}/disablement`, { disabled: 'no' });
    expect((await opened.browser().signIn('hugo@example.com')).status).to.equal(303);
  });

  it('always keep one admin', async () => {
    const twin = await opened.account('twin@example.com', 'admin');
    const other = await opened.signedIn('twin@example.com');
    await invite('never-came@example.com', 'admin');
    const both = await Promise.all([
      root.post(`/users/${twin.id}/role`, { role: 'viewer' }),
      other.post(`/users/${rootId}/role`, { role: 'viewer' }),
    ]);
    expect(both.map(({ status }) => status).filter(status => status === 303)).to.have.length(1);
    const [lastId] = await testDatabase()('postlane_accounts')
      .where({ role: 'admin', disabled_at: null })
      .whereNotNull('password')
      .pluck('id');
    const last = lastId === rootId ? root : other;
    for (const [path, fields] of [
      [`/users/${lastId}/role`, { role: 'publisher' }],
      [`/users/${lastId}/disablement`, { disabled: 'yes' }],
    ] as const) {
      const { status, text } = await last.post(path, fields);
      expect([status, text.includes('This is the last admin.')], path).to.deep.equal([409, true]);
    }
    await testDatabase()('postlane_accounts').where({ id: rootId }).update({ role: 'admin' });
  });

  it('that are not there get a page that says so', async () => {
    for (const id of ['x', '00000000-0000-7000-8000-000000000000']) {
      await root.get(`/users/${id}`).expect(404);
      expect((await root.post(`/users/${id}/role`, { role: 'viewer' })).status).to.equal(404);
    }
  });
});
