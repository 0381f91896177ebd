import { expect } from 'chai';
import request from 'supertest';
import { hashPassword } from '../../server/accounts/passwords/hash.ts';
import { testDatabase } from '../support/database.ts';
import { type AccessApp, browserAt, cheap, goodPassword, openAccessApp } from './access-app.ts';

const minute = 60_000;

describe('signing in', () => {
  let opened: AccessApp;
  before(async () => {
    opened = await openAccessApp();
    await opened.account('ada@example.com', 'admin');
    await opened.account('grace@example.com', 'editor');
  });
  after(() => opened.mail.close());
  beforeEach(() => testDatabase()('postlane_sign_in_failures').delete());

  const problemIn = (html: string) => /role="alert"><span>([^<]*)/.exec(html)?.[1];

  it('is asked for on every page, and leads back to where one was', async () => {
    const browser = opened.browser();
    const { headers } = await browser.get('/messages?state=sent').expect(303);
    expect(headers.location).to.equal('./sign-in?return=messages%3Fstate%3Dsent');
    const { text } = await browser.get(`/${headers.location?.slice(2)}`).expect(200);
    const back = /name="return" value="([^"]*)"/.exec(text)?.[1]?.replaceAll('&#x3D;', '=');
    expect(back).to.equal('./messages?state=sent');
    const answer = await browser.signIn('ADA@example.com ', goodPassword, { return: back });
    expect([answer.status, answer.headers.location]).to.deep.equal([303, './messages?state=sent']);
    expect((await browser.get('/messages?state=sent').expect(200)).text).to.include('admin ada');
  });

  it('never leads out of the app', async () => {
    for (const back of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      '\\\\evil.example',
      '/etc',
      '../../x',
      'javascript:alert(1)',
      ' //evil.example',
      '\t//evil.example',
      './/evil.example',
      'sign-out',
      '%2e%2e/x',
    ]) {
      const { headers } = await opened.browser().signIn('ada@example.com', goodPassword, { return: back });
      expect(headers.location, back).to.equal('./');
    }
  });

  it('sets a cookie that scripts and other sites do not get, and a new one each time', async () => {
    const browser = opened.browser();
    const first = await browser.signIn('ada@example.com');
    const [cookie = ''] = [first.headers['set-cookie'] ?? []].flat().filter(line => line.includes('session'));
    expect(cookie).to.match(/^postlane-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(await testDatabase()('postlane_account_sessions').pluck('token_hash')).not.to.include(
      cookie.slice(17, 60),
    );
    const token = opened.appWith({ publicUrl: 'https://shop.example/' });
    const secure = await browserAt(token).get('/sign-in');
    expect(String(secure.headers['set-cookie'])).to.match(/^__Host-postlane-form=.*Secure/);
  });

  it('answers alike for a wrong password, no account, a disabled one and one that was only invited', async () => {
    await opened.account('gone@example.com', 'admin');
    await testDatabase()('postlane_accounts')
      .where({ email: 'gone@example.com' })
      .update({ disabled_at: '2026-01-01' });
    await opened.account('invited@example.com', 'admin');
    await testDatabase()('postlane_accounts')
      .where({ email: 'invited@example.com' })
      .update({ password: null });
    const answers = [];
    for (const email of [
      'ada@example.com',
      'nobody@example.com',
      'gone@example.com',
      'invited@example.com',
      '%',
      '',
    ]) {
      const password = email.startsWith('ada') ? 'wrong' : goodPassword;
      const { status, text } = await opened.browser().signIn(email, password);
      answers.push([status, problemIn(text)]);
    }
    expect(answers).to.deep.equal(answers.map(() => [422, 'Wrong e-mail address or password.']));
  });

  it('closes an account for longer and longer after five wrong passwords, whether there is one or not', async () => {
    for (const email of ['grace@example.com', 'nobody@example.com']) {
      for (let i = 0; i < 5; i += 1)
        expect((await opened.browser().signIn(email, 'wrong')).status).to.equal(422);
      const closed = await opened.browser().signIn(email);
      expect([closed.status, closed.headers['retry-after'], problemIn(closed.text)], email).to.deep.equal([
        429,
        '30',
        'Too many failed attempts. Try again in 30 seconds.',
      ]);
      opened.clock.advance(30_000);
      expect((await opened.browser().signIn(email, 'wrong')).status).to.equal(422);
      expect((await opened.browser().signIn(email, 'wrong')).headers['retry-after']).to.equal('60');
      opened.clock.advance(minute);
    }
    expect((await opened.browser().signIn('grace@example.com')).status).to.equal(303);
    expect((await opened.browser().signIn('grace@example.com', 'wrong')).status).to.equal(422);
  });

  it('stays open to who has signed in at that browser before, whoever else guesses', async () => {
    const known = await opened.signedIn('ada@example.com');
    await known.post('/sign-out');
    const closeForStrangers = async () => {
      for (let i = 0; i < 6; i += 1) await opened.browser().signIn('ada@example.com', 'wrong');
      expect((await opened.browser().signIn('ada@example.com')).status).to.equal(429);
    };
    await closeForStrangers();
    expect((await known.signIn('ada@example.com')).status).to.equal(303);
    await known.post('/sign-out');
    // It may not guess on and on either, nor does it speak for another account.
    for (let i = 0; i < 5; i += 1) await known.signIn('ada@example.com', 'wrong');
    expect((await known.signIn('ada@example.com')).status).to.equal(429);
    for (let i = 0; i < 5; i += 1) await opened.browser().signIn('grace@example.com', 'wrong');
    expect((await known.signIn('grace@example.com')).status).to.equal(429);
    opened.clock.advance(20 * minute);
    for (const email of ['ada@example.com', 'grace@example.com']) await opened.signedIn(email);
  });

  it('counts tries that come at once', async () => {
    const browsers = Array.from({ length: 12 }, () => opened.browser());
    const tokens = await Promise.all(browsers.map(browser => browser.token()));
    const answers = await Promise.all(
      browsers.map(({ agent }, i) =>
        agent
          .post('/sign-in')
          .type('form')
          .send({ email: 'grace@example.com', password: 'wrong', _csrf: tokens[i] }),
      ),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).to.deep.equal([...Array(5).fill(422), ...Array(7).fill(429)]);
  });

  it('closes for an address that tries many names, not for others', async () => {
    const from = async (address: string, email: string, password: string) => {
      const { agent, token } = opened.browser();
      const _csrf = await token();
      return agent
        .post('/sign-in')
        .set('X-Forwarded-For', address)
        .type('form')
        .send({ email, password, _csrf });
    };
    for (let i = 0; i < 20; i += 1) await from('2001:db8::1', `user${i}@example.com`, 'wrong');
    // The same house, another of its addresses.
    expect((await from('2001:db8::2', 'ada@example.com', goodPassword)).status).to.equal(429);
    expect((await from('192.0.2.7', 'ada@example.com', goodPassword)).status).to.equal(303);
  });

  it('is answered with "too often" when one process is flooded', async () => {
    const app = opened.appWith({ requestsPerMinute: 3 });
    const statuses = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await browserAt(app).signIn('nobody@example.com')).status);
    expect(statuses).to.deep.equal([422, 422, 422, 429]);
    await request(app).get('/sign-in').expect(200);
  });

  it('is refused, with when to come again, to a flood of strangers, not to who is known', async () => {
    const known = await opened.signedIn('ada@example.com');
    await known.post('/sign-out');
    const app = opened.appWith({ cost: { logN: 14, r: 8, p: 1 } });
    const { agent, token } = browserAt(app);
    const _csrf = await token();
    const flood = Array.from({ length: 80 }, (_, i) =>
      agent
        .post('/sign-in')
        .set('X-Forwarded-For', `192.0.2.${i}`)
        .type('form')
        .send({ email: `user${i}@example.com`, password: 'wrong', _csrf }),
    );
    const [answers, { status }] = await Promise.all([Promise.all(flood), known.signIn('ada@example.com')]);
    expect(status).to.equal(303);
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused.length).to.be.greaterThan(0);
    expect(refused[0]?.headers['retry-after']).to.equal('10');
    expect(refused[0]?.text).to.include('Too many people are signing in at this moment.');
    expect(answers.filter(({ status }) => status === 422).length).to.be.greaterThan(40);
    // What was refused has counted for nothing.
    const { failures } = await testDatabase()('postlane_sign_in_failures')
      .sum({ failures: 'failures' })
      .first();
    expect(Number(failures)).to.equal(2 * (80 - refused.length));
  }).timeout(60_000);

  it('makes an old hash new', async () => {
    const old = await hashPassword('an older way to say it', { logN: 3, r: 8, p: 1 });
    const where = { email: 'grace@example.com' };
    await testDatabase()('postlane_accounts').where(where).update({ password: old });
    expect((await opened.browser().signIn(where.email, 'an older way to say it')).status).to.equal(303);
    const { password } = await testDatabase()('postlane_accounts').where(where).first();
    expect(password).to.match(/^scrypt\$4\$8\$1\$/);
    expect((await opened.browser().signIn(where.email, 'an older way to say it')).status).to.equal(303);
    await testDatabase()('postlane_accounts')
      .where(where)
      .update({ password: await hashPassword(goodPassword, cheap) });
  });

  it('takes a password however a keyboard composes it', async () => {
    const where = { email: 'grace@example.com' };
    await testDatabase()('postlane_accounts')
      .where(where)
      .update({ password: await hashPassword('caf\u00e9 on the stairs', cheap) });
    expect((await opened.browser().signIn(where.email, 'cafe\u0301 on the stairs')).status).to.equal(303);
    await testDatabase()('postlane_accounts')
      .where(where)
      .update({ password: await hashPassword(goodPassword, cheap) });
  });

  it('gives nothing to a cookie that was planted', async () => {
    const planted = 'A'.repeat(43);
    const { agent, signIn } = opened.browser();
    agent.jar.setCookie(`postlane-session=${planted}`, '127.0.0.1', '/');
    const { headers } = await signIn('ada@example.com');
    expect(String(headers['set-cookie'])).not.to.include(planted);
    await request(opened.app).get('/').set('Cookie', `postlane-session=${planted}`).expect(303);
  });

  it('ends the session before it, when somebody signs in again', async () => {
    const browser = await opened.signedIn('ada@example.com');
    const before = browser.agent.jar.getCookie('postlane-session', {
      domain: '127.0.0.1',
      path: '/',
      secure: false,
      script: false,
    } as never);
    const token = await browser.token();
    await browser.agent
      .post('/sign-in')
      .type('form')
      .send({ email: 'grace@example.com', password: goodPassword, _csrf: token })
      .expect(303);
    await request(opened.app).get('/').set('Cookie', `postlane-session=${before?.value}`).expect(303);
  });

  it('ends when it is not used for half an hour, and after twelve hours whatever happens', async () => {
    const idle = await opened.signedIn('ada@example.com');
    opened.clock.advance(29 * minute);
    await idle.get('/messages').expect(200);
    opened.clock.advance(29 * minute);
    await idle.get('/messages').expect(200);
    opened.clock.advance(30 * minute);
    const { headers } = await idle.get('/messages').expect(303);
    expect(headers.location).to.equal('./sign-in?return=messages&ended=yes');
    expect((await idle.get('/sign-in?ended=yes')).text).to.include('Your session has ended.');

    const busy = await opened.signedIn('ada@example.com');
    for (let times = 0; times < 36; times += 1) {
      await busy.get('/messages').expect(200);
      opened.clock.advance(20 * minute - 1);
    }
    opened.clock.advance(36);
    await busy.get('/messages').expect(303);
  });

  it('is over at once when one signs out', async () => {
    const browser = await opened.signedIn('ada@example.com');
    const { value } =
      browser.agent.jar.getCookie('postlane-session', {
        domain: '127.0.0.1',
        path: '/',
        secure: false,
        script: false,
      } as never) ?? {};
    const out = await browser.post('/sign-out');
    expect([out.status, out.headers.location]).to.deep.equal([303, './sign-in']);
    expect(out.headers['clear-site-data']).to.equal('"storage"');
    await browser.get('/').expect(303);
    await request(opened.app).get('/').set('Cookie', `postlane-session=${value}`).expect(303);
  });

  it('is written down, without a secret', async () => {
    await opened.signedIn('ada@example.com');
    const { entries } = await opened.mail.audit.list({ action: 'session.start', limit: 1 });
    const entry = await opened.mail.audit.get(entries[0]?.id ?? '');
    expect(entry?.after).to.deep.include({ browser: 'Another program' }).and.have.property('address');
    expect(JSON.stringify(await testDatabase()('postlane_audit_entries').select())).not.to.match(
      /scrypt|password"/,
    );
  });
});
