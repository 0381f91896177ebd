import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import express from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { connect } from '../../db/connect.ts';
import { createMail, type Mail } from '../../server/mail/index.ts';
import { testDatabase, testDatabaseUrl } from '../support/database.ts';
import { resetInput } from '../support/inputs.ts';
import { openMail, testConfig } from '../support/mail.ts';
import { inboundSample, providerSamples } from '../support/provider-samples.ts';
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

    it('keeps apart bounces whose ids JSON numbers cannot tell apart, with all digits', async () => {
      const large = (id: string) => JSON.stringify({ ...Bounce, ID: 0 }).replace('"ID":0', `"ID":${id}`);
      await post(large('4323372036854775807')).expect(200, { result: 'stored' });
      await post(large('4323372036854775808')).expect(200, { result: 'stored' });
      await post(large('4323372036854775807')).expect(200, { result: 'duplicate' });
      expect((await events())[1].raw).to.equal(large('4323372036854775808'));
    });

    it('is marked where a parser of the host had read it, with one warning', async () => {
      const app = express();
      app.use(express.json(), webhookApp(mail));
      for (const sample of [Delivery, Bounce])
        await request(app)
          .post('/webhooks/postmark')
          .auth('postmark', 'new-password')
          .type('json')
          .send(JSON.stringify(sample, null, 2))
          .expect(200);
      expect((await events()).map(({ raw, raw_marks: marks }) => [raw, marks])).to.deep.equal([
        [JSON.stringify(Delivery), 'reprinted'],
        [JSON.stringify(Bounce), 'reprinted'],
      ]);
      expect(logged).to.have.length(1);
      expect(logged[0]?.msg).to.contain('publicRouter');
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

  describe('what is not JSON', () => {
    const bodies: [string, string][] = [
      ['cut off', '{"RecordType":'],
      ['a word', 'Delivery of mail.example'],
      ['nothing', ''],
      ['two in one', `${JSON.stringify(Delivery)}${JSON.stringify(Delivery)}`],
    ];
    for (const [what, body] of bodies) {
      it(`${what}: 400, a line in the log, nothing stored, nothing personal in either`, async () => {
        const answer = await post(body).expect(400);
        expect(answer.body).to.include({ error: 'malformed-event' });
        expect(logged).to.have.length(1);
        expect(logged[0]?.level).to.equal(40);
        expect(JSON.stringify([answer.body, logged])).not.to.contain('mail.example');
        expect(await events()).to.deep.equal([]);
      });
    }
  });

  describe('what is JSON, and not what Postmark documents', () => {
    it('is answered 200 and kept as posted, each once, and raises one alert', async () => {
      const bodies = [
        '"Delivery"',
        '5',
        'null',
        '{}',
        ` ${JSON.stringify([Delivery])}`,
        '{"RecordType":5,"ID":9007199254740993}',
        JSON.stringify({ ...Delivery, Recipient: { a: 1 }, DeliveredAt: 'yesterday', Metadata: 7, Tag: [] }),
        JSON.stringify({ ...Bounce, ID: null, BouncedAt: '-000001-01-01T00:00:00Z' }),
        JSON.stringify({ ...Bounce, ID: {}, BouncedAt: '9999-12-31T23:59:59.9999999Z' }),
        JSON.stringify({ ...Delivery, Recipient: `${'a'.repeat(300)}@mail.example` }),
        JSON.stringify({ ...Delivery, Recipient: `a@${'ü.'.repeat(100)}example` }),
        JSON.stringify({ ...SpamComplaint, Email: '\u0000\ud800', MessageStream: 'x'.repeat(5000) }),
        `{"RecordType":"Bounce","ID":${'9'.repeat(400)}}`,
        `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
        `${'{"a":'.repeat(300_000)}1${'}'.repeat(300_000)}`,
        JSON.stringify({ RecordType: 'Open', nonsense: 'x'.repeat(1_000_000) }),
        JSON.stringify({ RecordType: '\u0001'.repeat(9_000), Details: '🎉'.repeat(400_000) }),
      ];
      for (const body of bodies) {
        expect((await post(body).expect(200)).body, body.slice(0, 60)).to.deep.equal({ result: 'stored' });
        expect((await post(body).expect(200)).body, body.slice(0, 60)).to.deep.equal({ result: 'duplicate' });
      }
      const kept = await events();
      expect(kept).to.have.length(bodies.length);
      for (const [i, { raw, raw_marks: marks }] of kept.entries()) {
        const body = bodies[i] ?? '';
        const isCut = Buffer.byteLength(body) > 1024 * 1024;
        expect(marks, body.slice(0, 60)).to.equal(isCut ? 'cut' : null);
        expect(raw === body || isCut, body.slice(0, 60)).to.equal(true);
        if (isCut) expect(body.startsWith(raw.slice(0, 1_000_000))).to.equal(true);
      }
      expect(await mail.monitoring.alerts()).to.deep.include({
        kind: 'unreadable-events',
        count: kept.length,
      });
      expect((await mail.events.counts()).withFaults).to.equal(kept.length);
      await post({ a: 1 }).expect(200);
      const alerts = (await mail.monitoring.alerts()).filter(({ kind }) => kind === 'unreadable-events');
      expect(alerts).to.deep.equal([{ kind: 'unreadable-events', count: kept.length + 1 }]);
    });

    it('is kept when much of it comes at once', async () => {
      const bodies = Array.from({ length: 24 }, (_, i) =>
        JSON.stringify({ RecordType: `Kind ${i}`, nonsense: '"'.repeat(500_000) }),
      );
      await Promise.all(bodies.map(body => post(body).expect(200, { result: 'stored' })));
      expect(await events()).to.have.length(bodies.length);
    });

    it('has the effect of what can be read of it', async () => {
      const { id } = await mail.send(resetInput({ to: 'gone@mail.example' }), { wait: true });
      const [{ id: attemptId }] = await db('postlane_attempts').where({ message_id: id });
      const Metadata = { 'Postlane-Attempt': attemptId };
      const { Email: _, Inactive: __, BouncedAt: ___, MessageStream: ____, ...lean } = SpamComplaint;
      await post({ ...lean, Metadata }).expect(200);
      const message = await mail.messages.get(id);
      expect(message?.state).to.equal('complained');
      expect(await db('postlane_suppressions').first()).to.include({
        address: 'gone@mail.example',
        // That of its message, where the report names none.
        stream: 'outbound',
        reason: 'SpamComplaint',
      });
      const [found] = await mail.events.unmatched({ hasFaults: true });
      expect(found).to.include({ messageId: id, recipient: 'gone@mail.example', kind: 'complained' });
      expect(found?.faults).to.equal('Email is missing; BouncedAt is missing');
    });

    it('does not decide who was meant among several recipients', async () => {
      const input = resetInput({ to: ['a@mail.example', 'b@mail.example'] });
      const { id } = await mail.send(input, { wait: true });
      const [{ id: attemptId }] = await db('postlane_attempts').where({ message_id: id });
      await post({ ...Bounce, Email: null, Metadata: { 'Postlane-Attempt': attemptId } }).expect(200);
      expect((await mail.messages.get(id))?.state).to.equal('sent');
      expect(await events()).to.have.length(1);
      expect((await events())[0]).to.include({ message_id: id, recipient: null });
    });

    it('keeps a mail that came in, with a warning and without its files, however large', async () => {
      const Attachments = [{ Name: 'a.pdf', Content: 'QUFB'.repeat(5_000_000), ContentLength: 15_000_000 }];
      await post({ ...inboundSample, Attachments }).expect(200, { result: 'stored' });
      expect((await events())[0]).to.include({ kind: 'inbound', message_id: null, recipient: null });
      expect(JSON.parse((await events())[0].raw).Attachments).to.deep.equal([
        { Name: 'a.pdf', ContentLength: 15_000_000 },
      ]);
      expect(logged.map(({ msg }) => msg)).to.deep.equal([
        'a mail that came in was posted where events are: it is kept, and has no effect',
      ]);
    });

    it('is taken on the path of a provider that is not there as well, with one warning', async () => {
      for (const sample of [Delivery, Bounce])
        await request(webhookApp(mail))
          .post('/webhooks/old-name')
          .auth('postmark', 'new-password')
          .send(sample)
          .expect(200);
      await request(webhookApp(mail)).post('/webhooks/old-name').send(Delivery).expect(401);
      expect(await events()).to.have.length(2);
    });
  });

  describe('a password in the URL', () => {
    const knockAt = (query: string, options = {}) =>
      request(webhookApp(mail, options)).post(`/webhooks/postmark${query}`).send(Delivery);
    const allowed = { passwordInUrl: 'allow' as const };

    it('is refused unless the configuration allows it', async () => {
      await knockAt('?user=postmark&password=new-password').expect(401);
      expect(await events()).to.deep.equal([]);
    });

    it('lets in where it is right, with its user or without, of the configuration or made by an admin', async () => {
      const made = await mail.webhookPasswords.add({ by: 'ada' });
      for (const query of [
        '?user=postmark&password=new-password',
        '?password=old-password',
        `?password=${made.password}`,
        `?user=${made.user}&password=${made.password}`,
      ])
        await knockAt(query, allowed).expect(200);
    });

    it('is a failed login where it is wrong, and is written nowhere', async () => {
      for (const query of [
        '?password=guess-1',
        '?user=other&password=new-password',
        '?password=',
        '?password=a&password=new-password',
        `?password=${'x'.repeat(5000)}`,
      ])
        await knockAt(query, allowed).expect(401);
      const counted = await db('postlane_security_counts').where({ kind: 'webhook-login.fail' }).select();
      expect(counted).not.to.deep.equal([]);
      const audit = await db('postlane_audit_entries').select();
      expect(JSON.stringify([logged, counted, audit])).not.to.match(/guess-1|new-password/);
    });

    it('is taken out of the URL that a host logs', async () => {
      const seen: string[] = [];
      const app = express();
      app.use((asked, answered, next) => {
        answered.on('finish', () => seen.push(asked.originalUrl));
        next();
      });
      app.use('/mail', webhookApp(mail, allowed));
      await request(app)
        .post('/mail/webhooks/postmark?user=postmark&password=new-password&x=1')
        .send(Delivery);
      expect(seen).to.deep.equal(['/mail/webhooks/postmark?user=&password=&x=1']);
      expect(await events()).to.have.length(1);
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
