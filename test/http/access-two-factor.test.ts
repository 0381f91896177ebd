import { expect } from 'chai';
import { TOTP } from 'otpauth';
import { testDatabase } from '../support/database.ts';
import { type AccessApp, type Browser, goodPassword, openAccessApp } from './access-app.ts';

const periodMs = 30_000;

describe('the second factor', () => {
  let opened: AccessApp;
  let secret: string;
  let recovery: string[];

  before(async () => {
    opened = await openAccessApp();
    await opened.account('ada@example.com', 'admin');
    await opened.account('root@example.com', 'admin');
  });
  after(() => opened.mail.close());
  beforeEach(() => testDatabase()('postlane_sign_in_failures').delete());

  const codeAt = (offset = 0) =>
    new TOTP({ secret }).generate({ timestamp: opened.clock.now().getTime() + offset * periodMs });
  const problemIn = (html: string) => /role="alert"><span>([^<]*)/.exec(html)?.[1];
  /** Past the first step: the fields that the code is sent with. */
  const firstStep = async (browser: Browser) => {
    const { status, text } = await browser.signIn('ada@example.com', goodPassword, { return: './messages' });
    expect(status).to.equal(200);
    return { token: /name="token" value="([^"]*)"/.exec(text)?.[1], return: './messages' };
  };
  const withCode = async (code: string) => {
    const browser = opened.browser();
    const fields = await firstStep(browser);
    return browser.post('/sign-in/code', { ...fields, code });
  };

  it('is set up with the password, a QR code from here, and a first code', async () => {
    const ada = await opened.signedIn('ada@example.com');
    const refused = await ada.post('/profile/two-factor', { password: 'wrong' });
    expect([refused.status, problemIn(refused.text)]).to.deep.equal([
      422,
      'That is not your current password.',
    ]);
    await ada.get('/profile/two-factor').expect(404);

    const begun = await ada.post('/profile/two-factor', { password: goodPassword });
    expect([begun.status, begun.headers.location]).to.deep.equal([303, '../profile/two-factor']);
    const { text } = await ada.get('/profile/two-factor').expect(200);
    secret = /class="key">([^<]*)/.exec(text)?.[1]?.replaceAll(' ', '') ?? '';
    expect(secret).to.match(/^[A-Z2-7]{32}$/);
    expect(text).to.include('src="../profile/two-factor/code.svg"');
    const image = await ada
      .get('/profile/two-factor/code.svg')
      .expect(200)
      .expect('Content-Type', /^image\/svg\+xml/);
    expect(String(image.body)).to.include('<svg');

    const wrong = await ada.post('/profile/two-factor/confirmation', { code: '000000' });
    expect([wrong.status, problemIn(wrong.text)?.slice(0, 19)]).to.deep.equal([422, 'That code is wrong.']);
    const done = await ada.post('/profile/two-factor/confirmation', { code: codeAt() });
    recovery = [...done.text.matchAll(/<code>([0-9a-z-]{19})<\/code>/g)].map(([, code = '']) => code);
    expect(recovery).to.have.length(10);
    await ada.get('/profile/two-factor/code.svg').expect(404);
    expect((await ada.get('/profile')).text).to.include('You have 10 recovery codes left.');
  });

  it('keeps neither the secret nor the recovery codes readable, nor in the audit log', async () => {
    const tables = [
      'postlane_accounts',
      'postlane_account_recovery_codes',
      'postlane_account_tokens',
      'postlane_audit_entries',
    ];
    const rows = JSON.stringify(await Promise.all(tables.map(table => testDatabase()(table).select())));
    for (const kept of [secret, ...recovery, ...recovery.map(code => code.replaceAll('-', ''))]) {
      expect(rows).not.to.include(kept);
    }
    const { entries } = await opened.mail.audit.list({ action: 'account.two-factor-on' });
    const entry = await opened.mail.audit.get(entries[0]?.id ?? '');
    expect(
      [entry?.before, entry?.after].map(view => (view as { twoFactor: boolean }).twoFactor),
    ).to.deep.equal([false, true]);
  });

  it('lets in with the code of now, once', async () => {
    // The code that set it up has been used.
    expect((await withCode(codeAt())).status).to.equal(422);
    opened.clock.advance(periodMs);
    const code = codeAt();
    const { status, headers } = await withCode(code);
    expect([status, headers.location]).to.deep.equal([303, '../messages']);
    const again = await withCode(code);
    expect([again.status, problemIn(again.text)?.slice(0, 38)]).to.deep.equal([
      422,
      'That code is wrong or has been used. W',
    ]);
  });

  it('forgives a clock that is off by one code, not by two', async () => {
    opened.clock.advance(10 * periodMs);
    expect((await withCode(codeAt(-2))).status).to.equal(422);
    expect((await withCode(codeAt(2))).status).to.equal(422);
    expect((await withCode(codeAt(-1))).status).to.equal(303);
    expect((await withCode(codeAt(1))).status).to.equal(303);
    // What came before the last one used is used up.
    expect((await withCode(codeAt(0))).status).to.equal(422);
  });

  it('lets in one of two who bring the same code at once', async () => {
    opened.clock.advance(10 * periodMs);
    const code = codeAt();
    const answers = await Promise.all([withCode(code), withCode(code), withCode(code)]);
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([303, 422, 422]);
  });

  it('closes after five wrong codes, however often the password is right', async () => {
    for (let i = 0; i < 5; i += 1) expect((await withCode('000000')).status).to.equal(422);
    opened.clock.advance(1000);
    const { status, headers } = await withCode(codeAt());
    expect([status, headers['retry-after']]).to.deep.equal([429, '29']);
  });

  it('takes a recovery code once, as it is typed', async () => {
    const [code = ''] = recovery;
    expect((await withCode(code.toUpperCase())).status).to.equal(303);
    expect((await withCode(code)).status).to.equal(422);
  });

  it('takes its time ten minutes, and its token once', async () => {
    const slow = opened.browser();
    const late = await firstStep(slow);
    opened.clock.advance(10 * 60_000);
    const answer = await slow.post('/sign-in/code', { ...late, code: codeAt() });
    expect([answer.status, problemIn(answer.text)]).to.deep.equal([
      422,
      'That took too long. Please sign in again.',
    ]);

    const browser = opened.browser();
    const fields = await firstStep(browser);
    expect((await browser.post('/sign-in/code', { ...fields, code: codeAt() })).status).to.equal(303);
    opened.clock.advance(periodMs);
    expect((await opened.browser().post('/sign-in/code', { ...fields, code: codeAt() })).status).to.equal(
      422,
    );
    for (const token of ['', 'x', fields.token?.slice(1)]) {
      expect((await opened.browser().post('/sign-in/code', { token, code: codeAt() })).status).to.equal(422);
    }
  });

  it('opens no session before it is done', async () => {
    const browser = opened.browser();
    await firstStep(browser);
    await browser.get('/').expect(303);
  });

  it('cannot be passed by when the key it was sealed with is gone', async () => {
    const other = (await import('./access-app.ts')).browserAt(
      opened.appWith({ secretKeys: ['another key of the tests, also long enough'] }),
    );
    const { text } = await other.signIn('ada@example.com');
    const token = /name="token" value="([^"]*)"/.exec(text)?.[1];
    opened.clock.advance(periodMs);
    expect((await other.post('/sign-in/code', { token, code: codeAt() })).status).to.equal(422);
    expect((await other.post('/sign-in/code', { token, code: recovery[1] })).status).to.equal(303);
  });

  it('is turned off with the password, or reset by an admin, which ends the sessions', async () => {
    opened.clock.advance(periodMs);
    const ada = opened.browser();
    const fields = await firstStep(ada);
    expect((await ada.post('/sign-in/code', { ...fields, code: codeAt() })).status).to.equal(303);
    expect((await ada.post('/profile/two-factor/removal', { password: 'wrong' })).status).to.equal(422);

    const root = await opened.signedIn('root@example.com');
    const { id } = await testDatabase()('postlane_accounts').where({ email: 'ada@example.com' }).first();
    expect((await root.post(`/users/${id}/two-factor-reset`)).status).to.equal(303);
    await ada.get('/').expect(303);
    expect((await opened.browser().signIn('ada@example.com')).status).to.equal(303);
    expect(await testDatabase()('postlane_account_recovery_codes').select()).to.deep.equal([]);

    const again = await opened.signedIn('ada@example.com');
    await again.post('/profile/two-factor', { password: goodPassword });
    const { text } = await again.get('/profile/two-factor');
    secret = /class="key">([^<]*)/.exec(text)?.[1]?.replaceAll(' ', '') ?? '';
    await again.post('/profile/two-factor/confirmation', { code: codeAt() });
    expect((await again.post('/profile/two-factor/removal', { password: goodPassword })).status).to.equal(
      303,
    );
    expect((await opened.browser().signIn('ada@example.com')).status).to.equal(303);
  });
});
