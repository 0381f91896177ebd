import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import express from 'express';
import request from 'supertest';
import { mailRouter, publicRouter } from '../../server/app.ts';
import { doNotContactRouter } from '../../server/do-not-contact/router.ts';
import { readUnsubscribe } from '../../server/do-not-contact/unsubscribe-body.ts';
import { failuresPerMinute } from '../../server/failed-logins.ts';
import type { Mail } from '../../server/mail/index.ts';
import { trackedCandidates } from '../../server/mail/messages/tracked-store.ts';
import { testDatabase } from '../support/database.ts';
import { hostExpresses, hostWith } from '../support/host-middleware.ts';
import { newsletterData, resetInput } from '../support/inputs.ts';
import { openMail, testConfig } from '../support/mail.ts';
import { rowsTouched } from '../support/reads.ts';
import { accept, createScriptedTransport } from '../support/scripted-transport.ts';

const route = '/mail/api/DoNotContact/ProcessUnsubscribe';
const [user, password] = ['account-service', 'a-password'];
const accountGuid = '5B1C6F0E-93A7-4D62-8E21-AB0C9D3E4F55';

describe('POST /api/DoNotContact/ProcessUnsubscribe', () => {
  const db = testDatabase();
  let mail: Mail;
  let people = 0;
  let address: string;
  const app = express();

  before(async () => {
    const config = { ...testConfig(), doNotContactCredentials: [{ user, password }] };
    const transports = ['postmark-api', 'postmark-smtp'].map(name => createScriptedTransport(name, accept));
    mail = await openMail({ transports }, config);
    app.use('/mail', publicRouter(mail));
  });
  beforeEach(() => {
    people += 1;
    address = `person-${people}@mail.example`;
  });
  after(() => mail.close());

  const post = (body: object | string, type = 'application/json', to = app) =>
    request(to)
      .post(route)
      .auth(user, password)
      .type(type)
      .send(typeof body === 'string' ? body : JSON.stringify(body));
  const sent = async (metadata: Record<string, string>, to = address) =>
    (await mail.send(resetInput({ to, metadata }))).id;
  const tracked = async (trackingGuid: string) => sent({ TrackingId: trackingGuid, AccountUID: accountGuid });
  const refuses = async () => (await mail.consent.preferences(address)).nonEssential;
  const stateOf = async (input: Parameters<Mail['send']>[0]) => {
    const { id } = await mail.send(input, { wait: true });
    await mail.work.deliverDue('bulk');
    return (await mail.messages.get(id))?.state;
  };
  const newsletter = () => ({ template: 'newsletter', to: address, topic: 'news', data: newsletterData });

  it('stops all but essential mail and takes that back, as often as it is said, with its evidence', async () => {
    const trackingGuid = randomUUID();
    const id = await tracked(trackingGuid);
    const body = { accountGuid, trackingGuid, unsubscribed: true };
    await post(body).expect(200, { result: 'unsubscribed', changed: true });
    await post(body).expect(200, { result: 'unsubscribed', changed: false });
    expect(await stateOf(newsletter())).to.equal('suppressed');
    expect(await stateOf(resetInput({ to: address }))).to.equal('sent');
    const [said] = await mail.consent.history(address);
    expect(said).to.include({ scope: 'non-essential', source: 'person', granted: false });
    expect(said?.evidence).to.include(id).and.include(accountGuid).and.include(user);

    await post({ ...body, unsubscribed: false }).expect(200, { result: 'subscribed', changed: true });
    await post({ ...body, unsubscribed: false }).expect(200, { result: 'subscribed', changed: false });
    expect(await stateOf(newsletter())).to.equal('sent');
    expect(await mail.consent.history(address)).to.have.length(2);
  });

  it('knows a message by our id and by its tracking id, whatever the case and braces of names and GUIDs', async () => {
    const trackingGuid = randomUUID();
    const id = await sent({ TRACKINGid: trackingGuid.toUpperCase(), accountuid: `{${accountGuid}}` });
    const lower = { AccountGUID: accountGuid.toLowerCase(), trackingguid: trackingGuid };
    const bodies: [object | string, string?][] = [
      [{ ...lower, unsubscribed: true }],
      [
        {
          accountGuid: `{${accountGuid}}`,
          TrackingGuid: `{${trackingGuid.toUpperCase()}}`,
          UNSUBSCRIBED: 'False',
        },
      ],
      [{ accountGuid, trackingGuid: id.toUpperCase(), unsubscribed: 1, more: [{}] }, 'text/plain'],
      [
        `accountGuid=${accountGuid}&trackingGuid=%7B${trackingGuid}%7D&unsubscribed=0`,
        'application/x-www-form-urlencoded',
      ],
      [`accountguid=${accountGuid}&trackingguid=${id}&unsubscribed=true`, 'application/octet-stream'],
    ];
    for (const [i, [body, type]] of bodies.entries()) {
      await post(body, type)
        .expect(200)
        .expect(({ body: { changed } }) => expect(changed, `${i}`).to.equal(true));
      expect(await refuses(), `${i}`).to.equal(i % 2 === 0);
    }
  });

  for (const [version, make] of Object.entries(hostExpresses))
    it(`takes what a host's parsers have read on ${version}`, async () => {
      const trackingGuid = randomUUID();
      await tracked(trackingGuid);
      const parsers = [express.json(), express.urlencoded({ extended: true })];
      const host = hostWith(make, parsers, mailRouter(mail, { authenticate: () => true }));
      const body = { accountGuid, trackingGuid, unsubscribed: true };
      await post(body, 'application/json', host).expect(200, { result: 'unsubscribed', changed: true });
      await post(
        new URLSearchParams({ ...body, unsubscribed: 'false' }).toString(),
        'application/x-www-form-urlencoded',
        host,
      ).expect(200, {
        result: 'subscribed',
        changed: true,
      });
    });

  it('does not tell which of both GUIDs is wrong, and knows nobody once the metadata is removed', async () => {
    const trackingGuid = randomUUID();
    const id = await tracked(trackingGuid);
    const other = await sent({ TrackingId: randomUUID() });
    const wrong = [
      { trackingGuid: randomUUID(), accountGuid },
      { trackingGuid, accountGuid: randomUUID() },
      { trackingGuid: other, accountGuid },
    ];
    const answers = [];
    for (const body of wrong) answers.push((await post({ ...body, unsubscribed: true }).expect(404)).body);
    expect(new Set(answers.map(one => JSON.stringify(one)))).to.have.property('size', 1);
    expect(answers[0].message).to.include('no message with this trackingGuid in the account');
    await mail.messages.purgeContent(id);
    for (const one of [id, trackingGuid])
      expect(
        (await post({ trackingGuid: one, accountGuid, unsubscribed: true }).expect(404)).body,
      ).to.deep.equal(answers[0]);
    expect(await refuses()).to.equal(false);
  });

  it('takes one tracking id of several messages for one person, and never for several', async () => {
    const trackingGuid = randomUUID();
    await tracked(trackingGuid);
    await tracked(trackingGuid);
    await sent({ TrackingId: trackingGuid, AccountUID: randomUUID() }, 'of-another-account@mail.example');
    const body = { accountGuid, trackingGuid, unsubscribed: true };
    await post(body).expect(200, { result: 'unsubscribed', changed: true });
    await sent({ TrackingId: trackingGuid, AccountUID: accountGuid }, 'somebody-else@mail.example');
    const { body: refused } = await post({ ...body, unsubscribed: false }).expect(409);
    expect(refused).to.include({ error: 'ambiguous', field: 'trackingGuid' });
    expect(await refuses()).to.equal(true);
  });

  it('refuses in words what is none, naming the field, and never breaks', async () => {
    const right = { accountGuid, trackingGuid: randomUUID(), unsubscribed: true };
    const cases: [string, number, string?][] = [
      ['', 400, 'accountGuid'],
      ['{}', 400, 'accountGuid'],
      ['null', 400],
      ['7', 400],
      [JSON.stringify([right]), 400],
      ['{"accountGuid":', 400, 'accountGuid'],
      [JSON.stringify({ ...right, accountGuid: 7 }), 400, 'accountGuid'],
      [JSON.stringify({ ...right, accountGuid: `{${accountGuid}` }), 400, 'accountGuid'],
      [JSON.stringify({ ...right, trackingGuid: [right.trackingGuid] }), 400, 'trackingGuid'],
      [JSON.stringify({ ...right, trackingGuid: "' OR 1=1 --" }), 400, 'trackingGuid'],
      [JSON.stringify({ ...right, unsubscribed: null }), 400, 'unsubscribed'],
      [JSON.stringify({ ...right, unsubscribed: 2 }), 400, 'unsubscribed'],
      [JSON.stringify({ ...right, unsubscribed: 'yes' }), 400, 'unsubscribed'],
      [JSON.stringify({ ...right, UNSUBSCRIBED: false }), 400, 'unsubscribed'],
      [`{"__proto__":${JSON.stringify(right)},"constructor":1,"toString":2}`, 400, 'accountGuid'],
      ['['.repeat(8_000), 400],
      [`${'{"a":'.repeat(150)}1${'}'.repeat(150)}`, 400],
      ['&=%ff&a[b][c]=%'.repeat(500), 400, 'accountGuid'],
      [JSON.stringify({ ...right, more: 'x'.repeat(1_000_000) }), 413],
    ];
    for (const [body, status, field] of cases) {
      const answer = await post(body);
      const what = body.slice(0, 80);
      expect([answer.status, answer.body.field], what).to.deep.equal([status, field]);
      expect(answer.body.message, what).to.be.a('string').and.match(/\.$/);
      expect(answer.headers, what).to.include({ 'cache-control': 'no-store' });
    }
  });

  it('is nobody’s without its own credentials, counts failed logins, and is not there without any', async () => {
    const trackingGuid = randomUUID();
    await tracked(trackingGuid);
    const body = { accountGuid, trackingGuid, unsubscribed: true };
    const wrong = () => request(app).post(route).auth(user, 'postmark-password').send(body);
    for (let i = 0; i < failuresPerMinute; i += 1)
      await wrong()
        .expect(401)
        .expect('www-authenticate', /^Basic /);
    await wrong().expect(429);
    expect(await refuses()).to.equal(false);
    const counted = await db('postlane_security_counts')
      .where({ kind: 'do-not-contact-login.fail' })
      .select();
    expect(counted).not.to.deep.equal([]);
    await post(body).expect(200);

    const without = express().use('/mail', doNotContactRouter(mail, undefined));
    await request(without).post(route).auth(user, password).send(body).expect(404);
  });

  it('reads no more than it takes where very many messages have one tracking id', async () => {
    const id = await sent({ TrackingId: randomUUID() });
    const pattern = await db('postlane_messages').where({ id }).first();
    delete pattern.tag_start;
    const ids = Array.from({ length: 3_000 }, () => randomUUID());
    await db.batchInsert(
      'postlane_messages',
      ids.map(one => ({ ...pattern, id: one })),
      500,
    );
    const shared = randomUUID();
    const pairs = ids.flatMap((one, i) => [
      { message_id: one, name: 'TrackingId', value: i < 1_500 ? shared : `${i}` },
      { message_id: one, name: 'AccountUID', value: accountGuid },
    ]);
    await db.batchInsert('postlane_message_metadata', pairs, 500);
    await db.raw('ANALYZE TABLE postlane_messages, postlane_message_metadata');
    const find = (value: string) => (trx: typeof db) =>
      trackedCandidates(trx, { id: value, name: 'trackingid', values: [value, value.toUpperCase()] }, 100);
    expect(await rowsTouched(db, find(shared))).to.be.below(1_000);
    expect(await rowsTouched(db, find('2000'))).to.be.below(60);
    await post({ accountGuid, trackingGuid: shared, unsubscribed: true }).expect(409);
  });
});

describe('the body of an unsubscription', () => {
  it('is read in one pass, however often a field is repeated', () => {
    const begun = process.cpuUsage();
    expect(() => readUnsubscribe('a=1&'.repeat(200_000))).to.throw('accountGuid is missing');
    expect(process.cpuUsage(begun).user / 1000).to.be.below(2_000);
  });
});
