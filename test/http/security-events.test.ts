import { expect } from 'chai';
import { pino } from 'pino';
import request from 'supertest';
import { createApp } from '../../server/app.ts';
import { loadConfig } from '../../server/config/index.ts';
import { networkOf } from '../../server/mail/security/network.ts';
import { testDatabase } from '../support/database.ts';
import { type AccessApp, openAccessApp } from './access-app.ts';

describe('security events', () => {
  const lines: Record<string, unknown>[] = [];
  let raw = '';
  const logger = pino(
    {
      level: 'info',
    },
    {
      write: line => {
        raw += line;
        lines.push(JSON.parse(line));
      },
    },
  );
  const db = testDatabase();
  let opened: AccessApp;
  let admin: { id: string };

  before(async () => {
    opened = await openAccessApp({}, { logger });
    admin = await opened.account('ada@example.com', 'admin');
    await opened.account('vera@example.com', 'viewer');
  });
  after(() => opened.mail.close());
  beforeEach(async () => {
    opened.clock.advance(60 * 60_000);
    for (const table of ['postlane_sign_in_failures', 'postlane_security_counts', 'postlane_alerts'])
      await db(table).delete();
    await db('postlane_audit_entries').delete();
    lines.length = 0;
    raw = '';
  });

  const audited = async (action: string) => {
    const { entries } = await opened.mail.audit.list({ action, limit: 500 });
    return Promise.all(entries.map(async ({ id }) => opened.mail.audit.get(id)));
  };
  const logged = (kind: string) => lines.filter(({ security }) => security === kind);
  /** What is recorded without keeping the caller waiting. */
  const settled = async (kind: string, count: number) => {
    for (let tries = 0; logged(kind).length < count && tries < 200; tries += 1)
      await new Promise(resolve => setTimeout(resolve, 10));
    // The entry follows the line.
    await new Promise(resolve => setTimeout(resolve, 100));
  };

  it('tell of failed sign-ins where they came from, and of no word that was typed', async () => {
    const secret = 'my secret pass phrase';
    const { agent, token } = opened.browser();
    const _csrf = await token();
    await agent
      .post('/sign-in')
      .set('X-Forwarded-For', '2001:db8::7')
      .set('User-Agent', `Mozilla ${'x'.repeat(500)}`)
      .type('form')
      .send({ email: secret, password: 'another secret', _csrf })
      .expect(422);
    await opened.browser().signIn('ada@example.com', secret);
    await settled('sign-in.fail', 2);
    const entries = await audited('sign-in.fail');
    expect(entries.map(entry => [entry?.subject, entry?.by])).to.have.deep.members([
      [`account:${admin.id}`, 'anonymous'],
      ['address:2001:db8::7', 'anonymous'],
    ]);
    const stranger = entries.find(entry => entry?.subject.startsWith('address:'))?.after;
    expect(stranger).to.include({ address: '2001:db8::7', route: 'POST sign-in' });
    expect((stranger as { userAgent: string }).userAgent).to.have.length(200);
    const [line] = logged('sign-in.fail');
    expect(line).to.include({ level: 40, address: '2001:db8::7', route: 'POST sign-in' });
    const everything = raw + JSON.stringify(await db('postlane_audit_entries').select());
    expect(everything).not.to.include(secret).and.not.to.include('another secret');
  });

  it('are beside every refused form in the log, also of one that is shown again, without what was typed', async () => {
    const refusals = () => lines.filter(({ msg }) => msg === 'request refused');
    const browser = await opened.signedIn('ada@example.com');
    lines.length = 0;
    const typed = 'what-was-typed';
    const expected: [path: string, form: object, status: number][] = [
      ['/users', { email: typed, name: 'Bob', role: 'viewer' }, 422],
      ['/users', { email: `${typed}@shop.example`, name: 'Bob', role: 'viewer', more: typed }, 422],
      ['/suppressions', { address: typed, reason: typed }, 422],
      ['/campaigns', { name: typed }, 422],
      ['/profile/password', { current: typed, password: typed, again: `${typed}.` }, 422],
      [`/messages/${admin.id}/cancel`, {}, 404],
      ['/sign-in', { email: typed, password: typed }, 422],
    ];
    for (const [path, form, status] of expected)
      expect([path, (await browser.post(path, form)).status]).to.deep.equal([path, status]);
    for (let tries = 0; refusals().length < expected.length && tries < 200; tries += 1)
      await new Promise(resolve => setTimeout(resolve, 10));
    expect(refusals().map(({ method, section, status }) => [method, `/${section}`, status])).to.deep.equal(
      expected.map(([path, , status]) => ['POST', `/${path.split('/')[1]}`, status]),
    );
    for (const line of refusals()) expect(line).to.include({ level: 30, by: admin.id });
    expect(raw).not.to.include(typed);
  });

  it('tell of lockouts, of an admin by an alert that ends by itself', async () => {
    for (let i = 0; i < 5; i += 1) await opened.browser().signIn('ada@example.com', 'wrong');
    await settled('sign-in.admin-lock', 1);
    expect((await audited('sign-in.admin-lock')).map(entry => entry?.subject)).to.deep.equal([
      `account:${admin.id}`,
    ]);
    const open = () => db('postlane_alerts').where({ kind: 'security', open: 1 }).pluck('subject');
    expect(await open()).to.deep.equal(['sign-in.admin-lock']);
    opened.clock.advance(5 * 60_000);
    await opened.mail.work.rollUp();
    expect(await open()).to.deep.equal(['sign-in.admin-lock']);
    opened.clock.advance(6 * 60_000);
    await opened.mail.work.rollUp();
    expect(await open()).to.deep.equal([]);
  });

  it('raise an alert on a burst, which the overview shows', async () => {
    for (let i = 0; i < 20; i += 1) {
      const { agent, token } = opened.browser();
      const form = { email: `user${i}@example.com`, password: 'wrong', _csrf: await token() };
      await agent.post('/sign-in').set('X-Forwarded-For', `192.0.2.${i}`).type('form').send(form);
    }
    await settled('sign-in.fail', 20);
    expect(await db('postlane_alerts').where({ open: 1 }).pluck('subject')).to.include('sign-in.fail');
    const { text } = await (await opened.signedIn('ada@example.com')).get('/').expect(200);
    expect(text)
      .to.include('Failed sign-ins in the last 10 min: 20.')
      .and.include('audit?action&#x3D;sign-in.fail');
  });

  it('fill no table, however many come from however many addresses', async () => {
    const event = { kind: 'webhook-login.fail', route: 'POST webhooks' } as const;
    for (let i = 0; i < 10; i += 1) await opened.mail.security.record({ ...event, address: '192.0.2.1' });
    let entries = await audited('webhook-login.fail');
    expect(entries).to.have.length(4);
    expect(entries[0]).to.deep.include({
      subject: 'address:192.0.2.1',
      after: {
        more: 7,
        from: '192.0.2.1',
        since: new Date(Math.floor(opened.clock.now().getTime() / 600_000) * 600_000).toISOString(),
      },
    });
    for (let i = 0; i < 200; i += 1)
      await opened.mail.security.record({ ...event, address: `2001:db8:${i.toString(16)}::1` });
    entries = await audited('webhook-login.fail');
    expect(entries.length).to.equal(4 + 19 + 1);
    expect(entries[0]).to.deep.include({ subject: 'address:other networks' });
    expect(entries[0]?.after).to.include({ more: 181, from: 'other networks' });
    expect(await db('postlane_security_counts')).to.have.length(21);
    const [alert] = await db('postlane_alerts').where({ kind: 'security', open: 1 });
    expect(JSON.parse(alert.evidence)).to.include({ event: 'webhook-login.fail', count: 210 });
  });

  it('forget the counts of a day ago', async () => {
    const event = { kind: 'form.forge', route: 'POST campaigns', address: '192.0.2.1' } as const;
    await opened.mail.security.record(event);
    opened.clock.advance(25 * 3_600_000);
    await opened.mail.security.record(event);
    expect(await db('postlane_security_counts').where({ source: '' })).to.have.length(1);
  });

  it('tell of refused pages, forged forms, unknown links and wrong passwords within', async () => {
    const viewer = await opened.signedIn('vera@example.com');
    await viewer.get('/users').expect(403);
    await viewer.agent.post('/profile/password').type('form').send({ _csrf: 'forged' }).expect(403);
    await opened
      .browser()
      .get(`/invitation/${'x'.repeat(43)}`)
      .expect(410);
    await viewer.post('/profile/password', { current: 'wrong', password: 'a', again: 'a' });
    const seen = async (kind: string) => (await audited(kind)).map(entry => entry?.after);
    const at = { address: '127.0.0.1' };
    const near = (list: unknown[]) => list.map(one => ({ ...(one as object), address: '127.0.0.1' }));
    expect(near(await seen('access.refuse'))).to.deep.equal([{ ...at, route: 'GET users' }]);
    expect(near(await seen('form.forge'))).to.deep.equal([{ ...at, route: 'POST profile' }]);
    expect(near(await seen('link.refuse'))).to.deep.equal([{ ...at, route: 'GET invitation' }]);
    expect(near(await seen('account.password-fail'))).to.deep.equal([
      { ...at, route: 'POST profile/password' },
    ]);
    expect(raw).not.to.include('xxxxxxxxxx');
  });

  it('tell of changes once they are committed', async () => {
    const browser = await opened.signedIn('ada@example.com');
    expect(logged('session.start')).to.have.length(1);
    const [vera] = await db('postlane_accounts').where({ email: 'vera@example.com' });
    await browser.post(`/users/${vera.id}/role`, { role: 'editor' });
    expect(logged('account.role')[0]).to.include({ accountId: vera.id, by: admin.id });
    await browser.post('/sign-out');
    expect(logged('session.end')).to.have.length(1);
  });

  it('tell of no change that was refused within its transaction', async () => {
    const browser = await opened.signedIn('ada@example.com');
    lines.length = 0;
    const { status } = await browser.post(`/users/${admin.id}/role`, { role: 'viewer' });
    expect([status, logged('account.role').length]).to.deep.equal([409, 0]);
  });

  it('tell of failed logins at the webhook door', async () => {
    const env = { DATABASE_URL: 'mysql://root@localhost/unused', MAIL_FROM: 'Shop <mail@shop.example>' };
    const config = loadConfig({
      ...env,
      POSTMARK_SERVER_TOKEN: 'test-token',
      WEBHOOK_CREDENTIALS: 'hook:password1',
    });
    const app = createApp(opened.mail, db, config);
    await request(app).post('/webhooks/postmark').auth('hook', 'a secret').send({}).expect(401);
    expect((await audited('webhook-login.fail')).length).to.equal(1);
    expect(raw).not.to.include('a secret');
  });

  it('begin no line of their own in a log, whatever a stranger sends', async () => {
    await opened.mail.security.record({
      kind: 'access.refuse',
      address: '192.0.2.1\nsign-in ok',
      route: 'GET a\r\nb\u2028c\u001b[31m',
      userAgent: 'x\u0000y\u202ez',
    });
    expect(logged('access.refuse')[0]).to.include({
      address: '192.0.2.1\\u{a}sign-in ok',
      route: 'GET a\\u{d}\\u{a}b\\u{2028}c\\u{1b}[31m',
      userAgent: 'x\\u{0}y\\u{202e}z',
    });
  });

  it('keep no door shut while the database is away', async () => {
    await db.schema.renameTable('postlane_security_counts', 'postlane_security_counts_away');
    try {
      await opened.mail.security.record({ kind: 'form.forge', address: '192.0.2.1', route: 'POST x' });
      expect(lines.some(({ msg }) => msg === 'a security event could not be recorded')).to.equal(true);
    } finally {
      await db.schema.renameTable('postlane_security_counts_away', 'postlane_security_counts');
    }
  });

  it('are counted by network', () => {
    expect(
      ['192.0.2.7', '::ffff:192.0.2.7', '2001:db8::1', '2001:DB8:0:0:1::', '::1', 'fe80::1%eth0', 'x\n'].map(
        networkOf,
      ),
    ).to.deep.equal([
      '192.0.2.7',
      '192.0.2.7',
      '2001:db8:0:0::/64',
      '2001:db8:0:0::/64',
      '0:0:0:0::/64',
      'fe80:0:0:0::/64',
      'unknown',
    ]);
  });
});
