import { AssertionError } from 'node:assert';
import { expect, use } from 'chai';
import express from 'express';
import request from 'supertest';
import type { MailOptions } from '../../server/config/index.ts';
import { demoPolicy } from '../../server/demo/policy.ts';
import { demoTemplates } from '../../server/demo/templates.ts';
import { mailRouter } from '../../server/express.ts';
import { createMail, type Mail } from '../../server/index.ts';
import {
  assertNothingSent,
  assertNotQueued,
  assertNotSent,
  assertQueued,
  assertSent,
  type Capture,
  captureMail,
  postlaneChai,
} from '../../server/testing/index.ts';
import { emptyTables, testDatabase, testDatabaseUrl } from '../support/database.ts';
import { newsletterData, resetInput, upgradeInput } from '../support/inputs.ts';

use(postlaneChai);

function hostOptions(): MailOptions {
  return {
    database: testDatabaseUrl(),
    from: 'Shop <shop@sender.example>',
    templates: demoTemplates,
    policy: demoPolicy,
    logLevel: 'silent',
    webhookCredentials: ['hook:a-long-password'],
  };
}

const refusal = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error('nothing was refused'),
    (error: Error) => error,
  );

describe('captureMail with the module', () => {
  const db = testDatabase();
  let captured: Capture;
  let mail: Mail;

  before(async () => {
    captured = await captureMail({ config: hostOptions() });
    mail = await captured.mail();
  });
  beforeEach(() => captured.reset());
  after(() => captured.close());

  it('finds what was sent on the next line, with its template, links and code', async () => {
    await mail.send(resetInput({ metadata: { account: '42' } }));
    const sent = await captured.sent.to('ADA@mail.example');
    expect(sent).to.deep.include({
      template: 'password-reset',
      category: 'password-reset',
      metadata: { account: '42' },
      via: 'rest',
    });
    expect(sent.link(/reset/)).to.equal('https://shop.example/reset/1');
    expect(sent.links).to.include('https://shop.example/reset/1');
    expect(sent.code(/for (\d+) minutes/)).to.equal('30');
    expect(() => sent.link('/nowhere')).to.throw(AssertionError, 'https://shop.example/reset/1');
    expect(() => sent.code(/code (\d{6})/)).to.throw(AssertionError, 'Its text:');
  });

  it('finds what a transaction sent once it has committed, and nothing of one that was rolled back', async () => {
    await db.transaction(trx => mail.send(resetInput(), { trx }));
    await assertSent(captured, { to: 'ada@mail.example' }, 1);
    await captured.reset();
    const rolledBack = db.transaction(async trx => {
      await mail.send(resetInput(), { trx });
      throw new Error('no order');
    });
    expect((await refusal(rolledBack)).message).to.equal('no order');
    await assertNothingSent(captured);
  });

  it('gives the routers of the host what its configuration says', async () => {
    const app = express().use('/mail', mailRouter(mail, { authenticate: () => true }));
    await mail.send(resetInput());
    const { text } = await request(app).get('/mail/messages').expect(200);
    expect(text).to.include('ada@mail.example');
    const notJson = '{"RecordType":';
    await request(app).post('/mail/webhooks/postmark').send(notJson).expect(401);
    await request(app)
      .post('/mail/webhooks/postmark')
      .auth('hook', 'a-long-password')
      .send(notJson)
      .expect(400);
    expect(JSON.stringify(mail)).not.to.include('a-long-password');
  });

  describe('assertions', () => {
    it('say what was sent instead', async () => {
      await mail.send(resetInput());
      const { message } = await refusal(assertSent(captured, { to: 'bob@mail.example', subject: /order/ }));
      expect(message).to.equal(
        'Mail with to "bob@mail.example", subject /order/ should be sent. What is sent:\n' +
          '  "Reset your Alder & Finch password" to ada@mail.example (template password-reset)',
      );
      expect(await refusal(assertSent(captured, {}, 2))).to.be.instanceOf(AssertionError);
      expect((await refusal(assertSent(captured, {}, 2))).message).to.match(/^2 mails at all .* and 1 is/);
      expect(await refusal(assertNotSent(captured, { template: 'password-reset' }))).to.be.instanceOf(
        AssertionError,
      );
      expect(await refusal(assertNothingSent(captured))).to.be.instanceOf(AssertionError);
      await assertNotSent(captured, { to: 'bob@mail.example' });
    });

    it('refuse a field that there is not, which every mail would fit', async () => {
      await mail.send(resetInput());
      const { message } = await refusal(assertNotSent(captured, { recipient: 'a@b.example' } as object));
      expect(message).to.match(/^Mail is not found by recipient, but by to, subject/);
      await mail.send(resetInput());
      expect(await refusal(captured.sent.all({ sbject: 'x' } as object))).to.be.instanceOf(TypeError);
    });

    it('are there for chai', async () => {
      await mail.send(resetInput());
      await expect(captured).to.have.sent({ to: 'ada@mail.example', template: 'password-reset' }, 1);
      await expect(captured).to.not.have.sent({ to: 'bob@mail.example' });
      await expect(captured).to.not.have.queued();
      expect(await refusal(expect(captured).to.not.have.sent())).to.be.instanceOf(AssertionError);
      expect(await refusal(expect(captured).to.have.sent({ to: 'bob@mail.example' }))).to.be.instanceOf(
        AssertionError,
      );
      expect(() => expect({}).to.have.sent()).to.throw('captureMail or fakeMail');
    });
  });

  describe('time', () => {
    it('brings about what was to be sent later, on call', async () => {
      const sendAt = new Date(Date.now() + 3_600_000);
      await mail.send(upgradeInput({ sendAt, metadata: { account: '7' } }));
      const [waiting] = await assertQueued(
        captured,
        { to: 'ada@mail.example', metadata: { account: '7' } },
        1,
      );
      expect(waiting).to.deep.include({ template: 'loyalty-tier-upgrade', state: 'queued', dueAt: sendAt });
      expect(waiting?.text).to.include('https://shop.example/tier/1');
      await captured.work();
      await assertNotSent(captured, {});
      await captured.clock.advance({ minutes: 59 });
      await captured.work();
      await assertNotSent(captured, {});
      await captured.clock.travelTo(new Date(sendAt.getTime() + 1));
      await captured.work();
      const { sentAt } = await captured.sent.last();
      expect(sentAt.getTime()).to.be.at.least(sendAt.getTime());
      await assertNotQueued(captured);
    });

    it('lets mail expire', async () => {
      const { id } = await mail.send(
        resetInput({ sendAt: new Date(Date.now() + 60_000), expiresAt: new Date(Date.now() + 120_000) }),
      );
      await captured.clock.advance({ minutes: 3 });
      await captured.work();
      expect(await mail.messages.get(id)).to.include({ state: 'failed', reason: 'expired' });
    });

    it('tries again after a fault', async () => {
      captured.sandbox.faults.add({ where: 'POST /email*', kind: 'status', status: 503, times: 1 });
      const { id, state } = await mail.send(resetInput());
      expect(state).to.equal('queued');
      await captured.clock.advance({ hours: 1 });
      await captured.work();
      expect((await mail.messages.get(id))?.state).to.equal('sent');
    });

    it('is real again after a reset, and moves only forward', async () => {
      await captured.clock.advance({ days: 400 });
      expect((await refusal(captured.clock.travelTo(new Date()))).message).to.match(/only moves forward/);
      expect(await refusal(captured.clock.advance({ minuets: 5 } as object))).to.be.instanceOf(RangeError);
      await captured.reset();
      expect(Math.abs(captured.clock.now().getTime() - Date.now())).to.be.below(1000);
    });

    it('runs a campaign at its hour, in a round of the worker', async () => {
      const { id } = await mail.campaigns.create({
        name: 'May',
        template: 'newsletter',
        data: newsletterData,
        sendAt: new Date(Date.now() + 86_400_000),
      });
      await mail.campaigns.addRecipients(id, [{ email: 'ada@mail.example' }, { email: 'bob@mail.example' }]);
      await mail.campaigns.launch(id);
      await captured.work();
      await assertNothingSent(captured);
      await captured.clock.advance({ days: 1, minutes: 1 });
      await captured.work();
      await assertSent(captured, { campaignId: id, template: 'newsletter' }, 2);
      expect((await mail.campaigns.get(id)).state).to.equal('done');
    });

    it('knows the worker’s jobs by their names', async () => {
      await captured.work({ also: ['reconcile', 'purge'] });
      expect(await mail.reconciliations.list()).to.not.deep.equal([]);
      expect((await refusal(captured.work({ also: ['reconciliate'] }))).message).to.match(
        /^There is no job reconciliate, but deliver-transactional/,
      );
    });
  });

  describe('reset', () => {
    const ours = ['messages', 'events', 'suppressions', 'consents', 'campaigns', 'audit_entries', 'alerts'];

    it('leaves nothing of a test but schema and templates, and rows of the host', async () => {
      await db.schema.createTable('orders', table => table.increments());
      try {
        await db('orders').insert({ id: 1 });
        await mail.send(resetInput({ idempotencyKey: 'k' }));
        await mail.suppressions.add('outbound', 'x@mail.example', 'asked', { by: 'eve' });
        await mail.consent.record({ topic: 'news', address: 'x@mail.example', granted: true });
        const { id } = await mail.campaigns.create({
          name: 'May',
          template: 'newsletter',
          data: newsletterData,
        });
        await mail.campaigns.addRecipients(id, [{ email: 'ada@mail.example' }]);
        await captured.reset();
        for (const table of ours) expect(await db(`postlane_${table}`), table).to.deep.equal([]);
        expect(await db('orders')).to.have.length(1);
        expect(await captured.messages()).to.deep.equal([]);
        expect((await mail.send(resetInput({ idempotencyKey: 'k' }))).repeated).to.equal(false);
      } finally {
        await db.schema.dropTable('orders');
      }
    });

    it('asks the database little: which tables have rows, and then for these alone', async () => {
      await captured.reset();
      await mail.send(resetInput());
      const statements: string[] = [];
      const note = ({ sql }: { sql: string }) => void statements.push(sql);
      await emptyTables(db, table => table.startsWith('postlane_template'));
      db.on('query', note);
      await mail.send(resetInput());
      await emptyTables(db, table => table.startsWith('postlane_template'));
      db.off('query', note);
      const deletes = statements.filter(sql => /^delete/i.test(sql));
      expect(deletes).to.have.length.within(3, 8);
      expect(statements.length - deletes.length).to.be.at.most(5);
    });

    it('takes templates away when asked to, and the next module publishes those of the files', async () => {
      await captured.reset({ templates: true });
      expect(await db('postlane_template_versions')).to.deep.equal([]);
      const again = await captured.mail();
      expect(await again.templates.keys()).to.include('password-reset');
      await again.send(resetInput());
      await assertSent(captured, {}, 1);
    });
  });
});

describe('captureMail beside the host’s own module', () => {
  it('finds what a module sends that the host opened itself, and moves its clock', async () => {
    const options = hostOptions();
    const captured = await captureMail({ config: options });
    await captured.reset();
    const mail = await createMail({ ...options, ...captured.options }, captured.deps);
    try {
      await mail.templates.files.import();
      await mail.send(resetInput());
      await assertSent(captured, { template: 'password-reset' }, 1);
      await mail.send(resetInput({ sendAt: new Date(Date.now() + 60_000) }));
      await captured.clock.advance({ minutes: 2 });
      await captured.work();
      await assertSent(captured, { template: 'password-reset' }, 2);
    } finally {
      await mail.close();
      await captured.close();
    }
  });

  it('works on the host’s own pool and leaves that open', async () => {
    const db = testDatabase();
    const captured = await captureMail({ config: { ...hostOptions(), database: { knex: db } } });
    try {
      const mail = await captured.mail();
      await captured.reset();
      await db.transaction(trx => mail.send(resetInput(), { trx }));
      await assertSent(captured, { template: 'password-reset' }, 1);
    } finally {
      await captured.close();
    }
    expect(await db('postlane_messages')).to.have.length(1);
  });

  it('takes in what the provider reports when asked to', async () => {
    const captured = await captureMail({ config: hostOptions(), events: true });
    try {
      const mail = await captured.mail();
      await captured.reset();
      const { id } = await mail.send(resetInput());
      captured.sandbox.bounce('ada@mail.example');
      await captured.work();
      expect((await mail.messages.get(id))?.state).to.equal('bounced');
      const again = await mail.send(resetInput());
      expect(again.state).to.equal('suppressed');
    } finally {
      await captured.close();
    }
  });

  it('keeps two suites of one process apart, each with its own local Postmark and clock', async () => {
    const [one, other] = await Promise.all([captureMail(), captureMail({ config: hostOptions() })]);
    try {
      await other.reset();
      const mail = await other.mail();
      await one.clock.advance({ days: 1 });
      await mail.send(resetInput());
      await assertNothingSentTo(one);
      await assertSent(other, {}, 1);
      expect(other.clock.now().getTime()).to.be.below(one.clock.now().getTime() - 80_000_000);
    } finally {
      await Promise.all([one.close(), other.close()]);
    }
  });

  const assertNothingSentTo = async (captured: Capture) =>
    expect(await captured.messages()).to.deep.equal([]);
});

describe('what captureMail refuses', () => {
  const attempt = async (more: MailOptions, testDatabase?: boolean) => {
    const captured = await captureMail({ config: { ...hostOptions(), ...more }, testDatabase });
    try {
      await captured.reset();
    } finally {
      await captured.close();
    }
  };
  const token = '3d0ba1c9-6b86-4e5c-9f5a-1c2d3e4f5a6b';

  it('is to empty the database of production', async () => {
    expect((await refusal(attempt({ production: true }))).message).to.match(/does not run in production/);
  });

  it('is to empty a database beside a token of the real Postmark, unless it is said to be for tests', async () => {
    expect((await refusal(attempt({ postmark: { token } }))).message).to.match(/real Postmark/);
    await attempt({ postmark: { token } }, true);
    await attempt({ postmark: { token, apiUrl: 'http://127.0.0.1:9' } });
    await attempt({ postmark: { token: 'POSTMARK_API_TEST' } });
  });
});
