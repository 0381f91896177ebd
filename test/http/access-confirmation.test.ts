import { expect } from 'chai';
import { testDatabase } from '../support/database.ts';
import { type AccessApp, type Browser, goodPassword, openAccessApp } from './access-app.ts';

const minute = 60_000;

describe('pages that take the password again', () => {
  let opened: AccessApp;
  let admin: Browser;
  before(async () => {
    opened = await openAccessApp();
    await opened.account('root@example.com', 'admin');
  });
  after(() => opened.mail.close());
  beforeEach(async () => {
    await testDatabase()('postlane_sign_in_failures').delete();
    admin = await opened.signedIn('root@example.com');
  });

  it('open for a quarter of an hour after it was typed, and go on where one was going', async () => {
    await admin.get('/users').expect(200);
    opened.clock.advance(16 * minute);
    const { headers } = await admin.get('/users/new?x=1').expect(303);
    expect(headers.location).to.equal('../profile/confirmation?return=users%2Fnew%3Fx%3D1');
    const { text } = await admin.get('/profile/confirmation?return=users%2Fnew%3Fx%3D1').expect(200);
    expect(text).to.include('name="return" value="./users/new?x&#x3D;1"');
    const username = 'root@example.com';
    const wrong = await admin.post('/profile/confirmation', {
      username,
      password: 'wrong',
      return: './users',
    });
    expect([wrong.status, wrong.text.includes('That is not your current password.')]).to.deep.equal([
      422,
      true,
    ]);
    await admin.get('/users').expect(303);
    const right = await admin.post('/profile/confirmation', {
      password: goodPassword,
      return: './users/new',
    });
    expect([right.status, right.headers.location]).to.deep.equal([303, '../users/new']);
    await admin.get('/users/new').expect(200);
    await admin.get('/messages').expect(200);
  });

  it('take a form that was filled in for a while longer, and lose nothing of it', async () => {
    const form = { email: 'new@example.com', name: 'New', role: 'viewer' };
    opened.clock.advance(20 * minute);
    await admin.get('/messages').expect(200);
    expect((await admin.post('/users', form)).status).to.equal(200);
    opened.clock.advance(11 * minute);
    const late = await admin.post('/users', { ...form, email: 'other@example.com' });
    expect([late.status, late.text.includes('Nothing was changed')]).to.deep.equal([403, true]);
    expect(await testDatabase()('postlane_accounts').where({ email: 'other@example.com' })).to.deep.equal([]);
  });

  it('lead nowhere else, and take no guesses without limit', async () => {
    const away = await admin.post('/profile/confirmation', {
      password: goodPassword,
      return: 'https://evil.example/',
    });
    expect(away.headers.location).to.equal('../');
    for (let i = 0; i < 5; i += 1) await admin.post('/profile/confirmation', { password: 'wrong' });
    const locked = await admin.post('/profile/confirmation', { password: goodPassword });
    expect(locked.status).to.equal(429);
    const { entries } = await opened.mail.audit.list({ action: 'account.password-fail' });
    expect(entries.length).to.be.at.least(3);
  });

  it('show where one’s sessions began', async () => {
    const { text } = await admin.get('/profile').expect(200);
    expect(text)
      .to.include('Network address')
      .and.match(/<td class="wide">(::ffff:)?127\.0\.0\.1<\/td>/);
  });

  it('stay shut, like every other, when who is asking cannot be found out', async () => {
    const db = testDatabase();
    await db.schema.renameTable('postlane_account_sessions', 'postlane_account_sessions_away');
    try {
      for (const path of ['/messages', '/users', '/profile']) {
        const { text } = await admin.get(path).expect(500);
        expect(text, path).not.to.include('root@example.com');
      }
      await admin.agent.post('/users').type('form').send({ email: 'x@example.com' }).expect(500);
    } finally {
      await db.schema.renameTable('postlane_account_sessions_away', 'postlane_account_sessions');
    }
    await admin.get('/messages').expect(200);
  });
});
