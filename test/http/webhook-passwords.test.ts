import { expect } from 'chai';
import express from 'express';
import request from 'supertest';
import { connect, type Db } from '../../db/connect.ts';
import { createMail, type Mail } from '../../server/mail/index.ts';
import { webhookRouter } from '../../server/webhooks/router.ts';
import { type Clock, createClock } from '../support/clock.ts';
import { testDatabase, testDatabaseUrl } from '../support/database.ts';
import { openMail, testConfig } from '../support/mail.ts';
import { providerSamples } from '../support/provider-samples.ts';
import { refusal } from '../support/refusal.ts';

const { Delivery } = providerSamples;

describe('passwords of the webhook door', () => {
  const db = testDatabase();
  let clock: Clock;
  let mail: Mail;
  /** The module in another process. */
  let elsewhere: Mail;
  let elsewhereDb: Db;

  beforeEach(async () => {
    clock = createClock();
    mail = await openMail({ now: clock.now });
    elsewhereDb = connect(testDatabaseUrl());
    elsewhere = await createMail({ ...testConfig(), migrate: false }, { db: elsewhereDb, now: clock.now });
  });
  afterEach(async () => {
    await mail.close();
    await elsewhere.close();
    await elsewhereDb.destroy();
  });

  const doorOf = (one: Mail) =>
    express().use(
      webhookRouter(one, {
        credentials: [{ user: 'postmark', password: 'of-the-environment' }],
        secretKeys: [],
      }),
    );
  const knock = async (password: string, { at = mail, user = 'postmark' } = {}) => {
    const answer = await request(doorOf(at)).post('/webhooks/postmark').auth(user, password).send(Delivery);
    return answer.status;
  };
  const make = (by = 'ada') => mail.webhookPasswords.add({ by });

  it('open it beside those of the environment, at once and in every process', async () => {
    expect(await knock('not-made-yet', { at: elsewhere })).to.equal(401);
    const first = await make();
    const second = await make();
    for (const at of [mail, elsewhere]) {
      for (const password of [first.password, second.password, 'of-the-environment'])
        expect(await knock(password, { at }), password).to.equal(200);
    }
  });

  it('open it to their user only, and never without one', async () => {
    const { password } = await make();
    expect(await knock(password, { user: 'somebody' })).to.equal(401);
    expect(await knock(password, { user: '' })).to.equal(401);
    expect(await knock(`${password}x`)).to.equal(401);
    expect(await knock('')).to.equal(401);
  });

  it('are long, each another, and kept as hashes', async () => {
    const made = [await make(), await make()];
    expect(new Set(made.map(({ password }) => password)).size).to.equal(2);
    expect(made.map(({ password }) => Buffer.from(password, 'base64url').length)).to.deep.equal([24, 24]);
    const rows = await db('postlane_webhook_passwords').select();
    for (const { password } of made) expect(JSON.stringify(rows)).not.to.include(password);
  });

  it('are refused once removed: here at once, elsewhere within 5 seconds', async () => {
    const [old, fresh] = [await make(), await make()];
    expect(await knock(old.password, { at: elsewhere })).to.equal(200);
    await mail.webhookPasswords.remove(old.id, { by: 'ada' });
    expect(await knock(old.password)).to.equal(401);
    clock.advance(5_000);
    expect(await knock(old.password, { at: elsewhere })).to.equal(401);
    expect(await knock(fresh.password, { at: elsewhere })).to.equal(200);
  });

  it('say when they were last used, noted once a minute, whichever process took the report', async () => {
    const { id, password } = await make();
    const used = async () => (await mail.webhookPasswords.list()).find(one => one.id === id)?.usedAt;
    expect(await used()).to.equal(null);
    await knock(password);
    const first = clock.now();
    expect(await used()).to.deep.equal(first);
    clock.advance(30_000);
    await knock(password);
    await knock(password, { at: elsewhere });
    expect(await used()).to.deep.equal(first);
    clock.advance(60_000);
    await knock(password, { at: elsewhere });
    expect(await used()).to.deep.equal(clock.now());
  });

  it('are five at most', async () => {
    for (let i = 0; i < 5; i += 1) await make();
    const { message } = await refusal(make());
    expect(message).to.match(/remove one first/);
    expect(await mail.webhookPasswords.list()).to.have.length(5);
  });

  it('keep the last one where nothing else opens the door, even when two admins remove at once', async () => {
    const [one, other] = [await make(), await make()];
    const removals = await Promise.allSettled([
      mail.webhookPasswords.remove(one.id, { by: 'ada', keepLast: true }),
      elsewhere.webhookPasswords.remove(other.id, { by: 'grace', keepLast: true }),
    ]);
    expect(removals.map(({ status }) => status).sort()).to.deep.equal(['fulfilled', 'rejected']);
    const [left] = await mail.webhookPasswords.list();
    const { message } = await refusal(
      mail.webhookPasswords.remove(left?.id ?? 0, { by: 'ada', keepLast: true }),
    );
    expect(message).to.match(/last password/);
  });

  it('cannot be removed twice', async () => {
    const { id } = await make();
    await mail.webhookPasswords.remove(id, { by: 'ada' });
    expect(await refusal(mail.webhookPasswords.remove(id, { by: 'ada' }))).to.include({
      code: 'wrong-state',
    });
  });

  it('are in the audit log with who made and removed them, and without what they are', async () => {
    const { id, password } = await make('ada');
    await mail.webhookPasswords.remove(id, { by: 'grace' });
    const { entries } = await mail.audit.list({ subject: `webhook-password:${id}` });
    expect(entries.map(({ by, action }) => ({ by, action }))).to.deep.equal([
      { by: 'grace', action: 'webhook-password.remove' },
      { by: 'ada', action: 'webhook-password.add' },
    ]);
    const whole = await db('postlane_audit_entries').select();
    const [{ hash } = { hash: '' }] = await db('postlane_webhook_passwords').select('hash');
    expect(JSON.stringify(whole)).not.to.include(password);
    if (hash) expect(JSON.stringify(whole)).not.to.include(hash);
  });

  it('stand up to a crowd of strangers: many wrong ones share a few reads', async () => {
    let reads = 0;
    elsewhereDb.on('query', ({ sql }: { sql: string }) => {
      if (sql.includes('postlane_webhook_passwords')) reads += 1;
    });
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => elsewhere.webhookPasswords.accepts('postmark', `wrong-${i}`)),
    );
    expect(answers.every(answer => answer === false)).to.equal(true);
    expect(reads).to.be.within(1, 4);
  });
});
