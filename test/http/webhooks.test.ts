import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { pino } from 'pino';
import request from 'supertest';
import { connect } from '../../db/connect.ts';
import { createMail, type Mail } from '../../server/mail/index.ts';
import { testDatabase, testDatabaseUrl } from '../support/database.ts';
import { resetInput } from '../support/inputs.ts';
import { openMail, testConfig } from '../support/mail.ts';
import { providerSamples } from '../support/provider-samples.ts';
import { createScriptedTransport } from '../support/scripted-transport.ts';
import { webhookApp } from '../support/webhook-app.ts';

const { Delivery, Bounce, SpamComplaint, SubscriptionChange } = providerSamples;

describe('POST /webhooks/postmark', () => {
  const db = testDatabase();
  const logged: { msg: string; fault?: string; level: number }[] = [];
  const log = pino({ level: 'warn' }, { write: line => logged.push(JSON.parse(line)) });
  let mail: Mail;

  beforeEach(async () => {
    logged.length = 0;
    mail = await openMail({ logger: log, transports: [createScriptedTransport('postmark-api')] });
  });
  afterEach(() => mail.close());

  const knock = (password = 'new-password') =>
    request(webhookApp(mail)).post('/webhooks/postmark').auth('postmark', password);
  const post = (payload: object | string) =>
    knock()
      .type('application/json')
      .send(typeof payload === 'string' ? payload : JSON.stringify(payload));
  const events = () => db('postlane_events').select().orderBy('id');

  describe('who may knock', () => {
    it('both credentials, while they overlap', async () => {
      await knock('old-password').send(Delivery).expect(200);
      await knock('new-password').send(Bounce).expect(200);
    });

    it('nobody without, or with others; nothing is stored and the secret is not logged', async () => {
      const app = webhookApp(mail);
      const bare = await request(app).post('/webhooks/postmark').send(Delivery).expect(401);
      expect(bare.headers['www-authenticate']).to.match(/^Basic /);
      await knock('wrong-password').send(Delivery).expect(401);
      await request(app).post('/webhooks/postmark').auth('other', 'new-password').send(Delivery).expect(401);
      await request(app)
        .post('/webhooks/postmark')
        .set('Authorization', 'Bearer x')
        .send(Delivery)
        .expect(401);
      expect(await events()).to.deep.equal([]);
      expect(logged).to.have.length(4);
      expect(JSON.stringify(logged)).not.to.match(/password|mail\.example/);
    });

    it('is asked before the body is read', async () => {
      await request(webhookApp(mail))
        .post('/webhooks/postmark')
        .type('application/json')
        .send('{')
        .expect(401);
    });
  });

  describe('what is stored', () => {
    it('is there when the 200 comes, whole', async () => {
      const { body } = await post(Bounce).expect(200);
      expect(body).to.deep.equal({ result: 'stored' });
      const [event, ...more] = await events();
      expect(more).to.deep.equal([]);
      expect(event).to.include({
        kind: 'bounced',
        source: 'webhook',
        recipient: 'gone@mail.example',
        stream: 'outbound',
      });
      expect(JSON.parse(event.raw)).to.deep.equal(Bounce);
    });

    it('is taken whatever the content type says', async () => {
      await knock().type('text/plain').send(JSON.stringify(Delivery)).expect(200);
      expect(await events()).to.have.length(1);
    });

    it('is stored once: a duplicate is answered 200 as well', async () => {
      for (const sample of Object.values(providerSamples)) {
        expect((await post(sample).expect(200)).body).to.deep.equal({ result: 'stored' });
        expect((await post(sample).expect(200)).body).to.deep.equal({ result: 'duplicate' });
      }
      expect(await events()).to.have.length(Object.keys(providerSamples).length);
    });

    it('is stored once when the same arrives many times at once', async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => post(SpamComplaint)));
      expect(answers.map(({ status }) => status)).to.deep.equal(Array(8).fill(200));
      expect(answers.filter(({ body }) => body.result === 'stored')).to.have.length(1);
      expect(await events()).to.have.length(1);
      expect(await db('postlane_suppressions').select()).to.have.length(1);
    });

    it('includes what we do not know, raw', async () => {
      const payload = { RecordType: 'SomethingNew', Deep: { list: [1, null, 'ü 🎉'] } };
      await post(payload).expect(200);
      await post(payload).expect(200);
      const [event, ...more] = await events();
      expect(more).to.deep.equal([]);
      expect(event).to.include({ kind: 'other', message_id: null });
      expect(JSON.parse(event.raw)).to.deep.equal(payload);
    });

    it('leaves out the mail that a bounce may bring along, however large', async () => {
      await post({ ...Bounce, Content: 'x'.repeat(10_000_000) }).expect(200);
      const [event] = await events();
      expect(event.raw).to.have.length.below(5000);
    });

    it('keeps apart bounces whose ids JSON numbers cannot tell apart', async () => {
      const large = (id: string, Email: string) =>
        JSON.stringify({ ...Bounce, ID: 0, Email }).replace('"ID":0', `"ID":${id}`);
      await post(large('4323372036854775807', 'a@mail.example')).expect(200, { result: 'stored' });
      await post(large('4323372036854775808', 'b@mail.example')).expect(200, { result: 'stored' });
      await post(large('4323372036854775807', 'a@mail.example')).expect(200, { result: 'duplicate' });
    });
  });

  it('moves the message its attempt id names, and suppresses', async () => {
    const { id } = await mail.send(resetInput({ to: 'gone@mail.example' }), { wait: true });
    const [attempt] = await db('postlane_attempts').where({ message_id: id });
    await post({ ...Bounce, MessageID: randomUUID(), Metadata: { 'Postlane-Attempt': attempt.id } }).expect(
      200,
    );
    expect((await mail.messages.get(id))?.state).to.equal('bounced');
    expect(await db('postlane_suppressions').first()).to.include({
      address: 'gone@mail.example',
      stream: 'outbound',
      reason: 'HardBounce',
    });
    await post({
      ...SubscriptionChange,
      MessageStream: 'outbound',
      Recipient: 'Gone@mail.example',
      SuppressSending: false,
    }).expect(200);
    const { id: next } = await mail.send(resetInput({ to: 'gone@mail.example' }), { wait: true });
    expect((await mail.messages.get(next))?.state).to.equal('sent');
  });

  describe('what is malformed', () => {
    const bodies: [string, string][] = [
      ['no JSON', '{"RecordType":'],
      ['text', '"Delivery"'],
      ['a number', '5'],
      ['a list', JSON.stringify([Delivery])],
      ['null', 'null'],
      ['nothing', ''],
      ['no type', '{}'],
      ['no recipient', JSON.stringify({ ...Delivery, Recipient: undefined })],
      ['no date', JSON.stringify({ ...Delivery, DeliveredAt: 'yesterday' })],
      ['no bounce id', JSON.stringify({ ...Bounce, ID: undefined })],
      ['an address too long', JSON.stringify({ ...Delivery, Recipient: `${'a'.repeat(300)}@mail.example` })],
    ];
    for (const [what, body] of bodies) {
      it(`${what}: 400, a line in the log, nothing stored, nothing personal in either`, async () => {
        const answer = await post(body).expect(400);
        expect(logged).to.have.length(1);
        expect(logged[0]?.level).to.equal(40);
        expect(JSON.stringify([answer.body, logged])).not.to.contain('mail.example');
        expect(await events()).to.deep.equal([]);
      });
    }

    it('says what is missing', async () => {
      const { body } = await post({ ...Delivery, Recipient: undefined }).expect(400);
      expect(body).to.include({ error: 'malformed-event' });
      expect(body.message).to.contain('Recipient');
      expect(logged[0]?.fault).to.contain('Recipient');
    });
  });

  it('takes odd values where they do not matter', async () => {
    const odd = {
      ...Delivery,
      Tag: null,
      Metadata: { a: null },
      ServerID: 'x',
      Details: null,
      MessageID: null,
    };
    await post(odd).expect(200);
    await post(
      JSON.stringify({ ...Delivery, MessageID: randomUUID() }).replace('{', '{"__proto__":{"x":1},'),
    ).expect(200);
    await post({ ...Delivery, MessageID: 'é'.repeat(100) }).expect(200);
    await post({ ...Bounce, ID: 9, Details: 'ü'.repeat(100_000) }).expect(200);
    expect(await events()).to.have.length(4);
  });

  it('answers 5xx when the database is gone, so that Postmark comes back, and tells nobody why', async () => {
    const gone = connect(testDatabaseUrl());
    const other = await createMail({ ...testConfig(), logger: log, migrate: false }, { db: gone });
    await gone.destroy();
    try {
      const answer = await request(webhookApp(other))
        .post('/webhooks/postmark')
        .auth('postmark', 'new-password')
        .send(Delivery);
      expect(answer.status).to.equal(500);
      expect(answer.body).to.deep.equal({ error: 'internal', message: 'Something went wrong on our side.' });
      expect(logged.at(-1)).to.include({ level: 50, msg: 'request failed' });
    } finally {
      await other.close();
    }
    expect(await events()).to.deep.equal([]);
    await post(Delivery).expect(200, { result: 'stored' });
  });

  it('answers 5xx when an effect cannot be written, and stores nothing of the event', async () => {
    await db.raw('ALTER TABLE postlane_suppressions RENAME TO postlane_suppressions_away');
    try {
      await post(SpamComplaint).expect(500);
    } finally {
      await db.raw('ALTER TABLE postlane_suppressions_away RENAME TO postlane_suppressions');
    }
    expect(await events()).to.deep.equal([]);
    await post(SpamComplaint).expect(200, { result: 'stored' });
    expect(await db('postlane_suppressions').select()).to.have.length(1);
  });

  it('knows no other method', async () => {
    await request(webhookApp(mail)).get('/webhooks/postmark').auth('postmark', 'new-password').expect(404);
  });
});
