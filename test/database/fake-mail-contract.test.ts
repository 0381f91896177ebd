import { expect } from 'chai';
import type { CallerTransaction } from '../../db/host/transaction.ts';
import type { MailOptions } from '../../server/config/index.ts';
import { demoPolicy } from '../../server/demo/policy.ts';
import { demoTemplates } from '../../server/demo/templates.ts';
import { type Mail, MailError, type MessageView, type SendInput } from '../../server/index.ts';
import {
  assertQueued,
  assertSent,
  type Capture,
  captureMail,
  type FakeMail,
  fakeMail,
  type MailFacts,
  type Outbox,
  type TestClock,
} from '../../server/testing/index.ts';
import { testDatabase, testDatabaseUrl } from '../support/database.ts';
import { newsletterData, resetInput, upgradeInput } from '../support/inputs.ts';

/** What a host's test has at hand, of either kind. */
interface Kit {
  mail: Mail;
  outbox: Outbox;
  clock: TestClock;
  work(): Promise<void>;
}

/** What a host does and what it gets to see of it; ids and times told apart by what they stand for. */
type Scenario = (kit: Kit) => Promise<unknown>;

const shared: MailOptions = {
  from: 'Shop <shop@sender.example>',
  templates: demoTemplates,
  policy: demoPolicy,
  logLevel: 'silent',
};

async function refused(asked: Promise<unknown>): Promise<unknown> {
  try {
    return { accepted: await asked };
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    return { code: error.code, field: error.field };
  }
}

/** A message without what differs from run to run. */
function seen(view: MessageView | null): unknown {
  if (!view) return null;
  const { id, templateVersionId, templateVersion, ...rest } = view;
  return Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [name, value instanceof Date ? 'a date' : value]),
  );
}

function facts({ messageId, campaignId, ...mail }: MailFacts): unknown {
  const { template, category, recipients, subject, text, stream, tag, metadata } = mail;
  return { template, category, recipients: [...recipients], subject, text, stream, tag, metadata };
}

const inAnHour = () => new Date(Date.now() + 3_600_000);
const composed: SendInput = {
  category: 'order',
  subject: 'A note',
  html: '<p>Hello <a href="https://shop.example/a">there</a></p>',
  to: 'ada@mail.example',
};

const scenarios: Record<string, Scenario> = {
  async 'sends a template, which is found with all it said'({ mail, outbox }) {
    const input = upgradeInput({
      to: ['Ada <Ada@mail.example>', 'bob@mail.example'],
      cc: 'cc@mail.example',
      tag: 'tier',
      metadata: { account: '7' },
      replyTo: 'help@shop.example',
      locale: 'nl-BE',
      attachments: [{ name: 'a.txt', content: Buffer.from('hi') }],
    });
    const { id, ...answer } = await mail.send(input, { wait: true });
    const [sent] = await assertSent(outbox, { template: 'loyalty-tier-upgrade' }, 1);
    const files = sent?.attachments.map(({ name, content }) => [name, content.toString()]);
    const view = seen(await mail.messages.get(id));
    return {
      answer,
      view,
      mail: sent && facts(sent),
      from: sent?.from,
      links: sent?.links,
      files,
      via: sent?.via,
    };
  },

  async 'sends what was composed, in its layout'({ mail, outbox }) {
    const { id } = await mail.send({ ...composed, layout: 'default' }, { wait: true });
    const sent = await outbox.sent.to('ada@mail.example');
    return { view: seen(await mail.messages.get(id)), mail: facts(sent), html: sent.html };
  },

  async 'refuses what cannot be sent, by code and field'({ mail, outbox }) {
    const inputs: unknown[] = [
      {},
      null,
      resetInput({ template: 'no-such' as never }),
      resetInput({ to: 'nobody' }),
      resetInput({ cc: ['a@mail.example', { email: 'b' }] as never }),
      resetInput({ data: {} as never }),
      resetInput({ data: { resetUrl: 'javascript:alert(1)', expiresInMinutes: 30 } }),
      resetInput({ metadata: { 'with space': 'x' } }),
      resetInput({ tag: 'x'.repeat(1001) }),
      resetInput({ sendAt: '2026-01-01T00:00:00' }),
      resetInput({ headers: { Subject: 'x' } }),
      resetInput({ attachments: [{ name: 'a.exe', content: 'aGk=' }] }),
      { ...resetInput(), bccc: 'a@mail.example' },
      { ...composed, layout: 'no-such' },
      { ...composed, category: 'no-such' },
      { ...composed, subject: undefined },
      { ...composed, template: 'password-reset' },
    ];
    const refusals = await Promise.all(inputs.map(input => refused(mail.send(input as SendInput))));
    const options = [
      { transaction: {} },
      { trx: null },
      { trx: {} },
      { trx: {}, wait: true },
      { wait: 'yes' },
    ];
    const byOptions = [];
    for (const one of options) byOptions.push(await refused(mail.send(resetInput(), one as never)));
    return { refusals, byOptions, sent: await outbox.sent.count() };
  },

  async 'answers a known idempotency key again, and refuses another request under it'({ mail, outbox }) {
    const first = await mail.send(resetInput({ idempotencyKey: 'k' }), { wait: true });
    const again = await mail.send(resetInput({ idempotencyKey: 'k' }), { wait: true });
    const other = await refused(mail.send(resetInput({ idempotencyKey: 'k', to: 'bob@mail.example' })));
    const data = { resetUrl: 'https://shop.example/other', expiresInMinutes: 30 };
    const otherData = await refused(mail.send(resetInput({ idempotencyKey: 'k', data })));
    return {
      same: again.id === first.id,
      again: { ...again, id: '' },
      other,
      otherData,
      n: await outbox.sent.count(),
    };
  },

  async 'sends a batch, each for itself'({ mail, outbox }) {
    const results = await mail.sendBatch([
      resetInput(),
      resetInput({ to: 'x' }),
      resetInput({ to: 'b@mail.example' }),
    ]);
    const told = results.map(one =>
      one.ok ? { ok: true, repeated: one.repeated } : { code: one.error.code },
    );
    const all = await outbox.sent.all();
    return { told, to: all.flatMap(({ recipients }) => recipients).sort() };
  },

  async 'leaves out who is suppressed, as recipient and as copy'({ mail, outbox }) {
    await mail.suppressions.add('outbound', 'Ada@mail.example', 'asked us');
    const refusedInput = await refused(mail.suppressions.add('outbound', 'nobody', 'x'));
    const { id, state } = await mail.send(resetInput(), { wait: true });
    const copied = await mail.send(resetInput({ to: 'b@mail.example', cc: 'ADA@mail.example' }), {
      wait: true,
    });
    const [sent] = await assertSent(outbox, {}, 1);
    const list = (await mail.suppressions.list({ address: 'ada@mail.example' })).map(
      ({ changedAt, recordedAt, ...one }) => one,
    );
    await mail.suppressions.lift('outbound', 'ada@mail.example', 'asked again');
    const twice = await refused(mail.suppressions.lift('outbound', 'ada@mail.example', 'again'));
    await mail.messages.retry(id);
    return {
      state,
      suppressed: seen(await mail.messages.get(id)),
      copied: seen(await mail.messages.get(copied.id)),
      recipients: sent?.recipients,
      ...{ list, twice, refusedInput },
    };
  },

  async 'keeps what people say of topics, whatever the order'({ mail }) {
    const record = (granted: boolean, at: string) =>
      mail.consent.record({
        topic: 'news',
        address: 'Ada@mail.example',
        granted,
        at: new Date(at),
        evidence: at,
      });
    await record(false, '2026-02-01T00:00:00Z');
    await record(true, '2026-01-01T00:00:00Z');
    const wrong = await refused(
      Promise.resolve().then(() => mail.consent.record({ topic: 'news', address: 'x', granted: true })),
    );
    return { said: await mail.consent.list('ADA@mail.example'), wrong };
  },

  async 'makes changes once under a key, and consent and suppressions with the caller’s transaction'({
    mail,
  }) {
    const input = { name: 'May', template: 'newsletter', data: newsletterData } as const;
    const first = await mail.campaigns.create(input, { idempotencyKey: 'c' });
    const again = await mail.campaigns.create(input, { idempotencyKey: 'c' });
    const other = await refused(mail.campaigns.create({ ...input, name: 'June' }, { idempotencyKey: 'c' }));
    await mail.campaigns.addRecipients(first.id, [
      { to: 'ada@mail.example', locale: 'nl', metadata: { a: '1' } },
    ]);
    await mail.campaigns.launch(first.id, { idempotencyKey: 'l' });
    const launched = (await mail.campaigns.launch(first.id, { idempotencyKey: 'l' })).state;
    const db = testDatabase();
    const said = { topic: 'news', address: 'ada@mail.example', granted: true } as const;
    await db.transaction(async trx => {
      await mail.consent.record(said, { trx });
      await mail.suppressions.add('outbound', 'ada@mail.example', 'asked', { trx });
    });
    await db
      .transaction(async trx => {
        await mail.consent.record({ ...said, topic: 'other' }, { trx });
        throw new Error('no');
      })
      .catch(() => {});
    const wrong = [
      await refused(mail.consent.record({ ...said, granted: 'yes' as never })),
      await refused(mail.suppressions.add('outbound', 'a@mail.example', 7 as never)),
      await refused(mail.consent.record(said, { transaction: {} } as never)),
      await refused(mail.campaigns.create({ ...input, nmae: 'x' } as never)),
    ];
    const consents = (await mail.consent.list('ada@mail.example')).map(({ topic }) => topic);
    const list = (await mail.suppressions.list()).map(({ address }) => address);
    return { same: first.id === again.id, other, launched, wrong, consents, list };
  },

  async 'holds mail until its time, and lets it be cancelled and moved'({ mail, outbox, clock, work }) {
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      const sendAt = inAnHour();
      ids.push((await mail.send(upgradeInput({ sendAt, tag: `t${i}` }))).id);
    }
    const [first = '', second = '', third = ''] = ids;
    await work();
    const queued = (await assertQueued(outbox, {}, 3)).map(facts);
    await mail.messages.cancel(first);
    const cancelAgain = await refused(mail.messages.cancel(first));
    const unknown = await refused(mail.messages.cancel('00000000-0000-7000-8000-000000000000'));
    await mail.messages.reschedule(second, new Date(Date.now() + 3 * 3_600_000));
    await clock.advance({ hours: 2 });
    await work();
    const after = await Promise.all(
      [first, second, third].map(async id => seen(await mail.messages.get(id))),
    );
    await mail.messages.retry(first);
    await work();
    return { queued, cancelAgain, unknown, after, sent: (await outbox.sent.all()).map(({ tag }) => tag) };
  },

  async 'lets mail expire'({ mail, clock, work }) {
    const { id } = await mail.send(
      resetInput({ sendAt: inAnHour(), expiresAt: new Date(Date.now() + 2 * 3_600_000) }),
    );
    const tooLate = await refused(mail.messages.reschedule(id, new Date(Date.now() + 3 * 3_600_000)));
    await clock.advance({ hours: 3 });
    await work();
    return {
      tooLate,
      view: seen(await mail.messages.get(id)),
      retry: await refused(mail.messages.retry(id)),
    };
  },

  async 'finds messages page by page'({ mail, clock }) {
    for (let i = 0; i < 5; i += 1) {
      await mail.send(upgradeInput({ tag: `t${i}`, metadata: { n: String(i % 2) } }), { wait: true });
      await clock.advance({ seconds: 1 });
    }
    const tags = async (filter: Parameters<Mail['messages']['find']>[0]) => {
      const { messages, cursor, newer } = await mail.messages.find(filter);
      return { tags: messages.map(({ tag }) => tag), more: cursor !== null, newer: newer !== null };
    };
    const { cursor } = await mail.messages.find({ limit: 2 });
    return [
      await tags({}),
      await tags({ limit: 2 }),
      await tags({ limit: 2, cursor: cursor ?? '' }),
      await tags({ metadata: { n: '1' } }),
      await tags({ tag: 't3', state: 'sent' }),
      await tags({ recipient: 'ADA@mail.example', template: 'loyalty-tier-upgrade' }),
      await tags({ recipient: 'nobody@mail.example' }),
    ];
  },

  async 'knows messages by the GUIDs of an application'({ mail }) {
    const [tracking, account, other] = ['1', 'a', '2'].map(
      one => `${one.repeat(8)}-0000-4000-8000-${one.repeat(12)}`,
    ) as [string, string, string];
    const { id } = await mail.send(
      upgradeInput({ metadata: { trackingID: `{${tracking}}`, AccountUID: account.toUpperCase() } }),
    );
    const found = async (trackingId: string, accountId: string) => {
      const { messages, more } = await mail.messages.tracked({ trackingId, accountId });
      return [messages.map(one => [one.id === id, one.recipient]), more];
    };
    return [
      await found(tracking, `{${account}}`),
      await found(id, account),
      await found(tracking, other),
      await found(other, account),
    ];
  },

  async 'shows what may be read, and keeps the confidential to its recipient'({ mail }) {
    const open = await mail.send(upgradeInput(), { wait: true });
    const secret = await mail.send(resetInput(), { wait: true });
    return [
      await mail.messages.preview(open.id),
      await mail.messages.content(open.id),
      await refused(mail.messages.preview(secret.id)),
      await refused(mail.messages.content(secret.id)),
      await mail.messages.get('no id'),
      await mail.messages.countByState(),
    ];
  },

  async 'runs a campaign from draft to done'({ mail, outbox, clock, work }) {
    await mail.consent.record({ topic: 'news', address: 'no@mail.example', granted: false });
    await mail.suppressions.add('broadcast', 'gone@mail.example', 'asked');
    const { id } = await mail.campaigns.create({
      name: ' May ',
      template: 'newsletter',
      topic: 'news',
      data: newsletterData,
      sendAt: inAnHour(),
    });
    const empty = await refused(mail.campaigns.launch(id));
    const added = await mail.campaigns.addRecipients(id, [
      { email: 'Ada@mail.example', name: 'Ada', data: { name: 'A' } },
      { email: 'ada@mail.example' },
      { email: 'no@mail.example' },
      { email: 'gone@mail.example' },
      { email: 'broken' },
      { email: 'b@mail.example', data: { name: 7 } },
    ]);
    const plan = await mail.campaigns.plan(id);
    const { state } = await mail.campaigns.launch(id);
    const frozen = await refused(mail.campaigns.addRecipients(id, [{ email: 'late@mail.example' }]));
    await work();
    const early = await outbox.sent.count();
    await clock.advance({ hours: 2 });
    await work();
    const sent = await outbox.sent.all({ campaignId: id });
    const results = [];
    for await (const { messageId, sentAt, deliveredAt, ...one } of mail.campaigns.results(id))
      results.push(one);
    const { state: end, allowed } = await mail.campaigns.get(id);
    const relaunch = await refused(mail.campaigns.launch(id));
    const progress = await mail.campaigns.progress(id);
    const mails = sent.map(one => ({
      to: one.recipients,
      subject: one.subject,
      stream: one.stream,
      via: one.via,
    }));
    return { empty, added, plan, state, frozen, early, mails, results, end, allowed, relaunch, progress };
  },

  async 'pauses, resumes and cancels a campaign'({ mail, outbox, work }) {
    const { id } = await mail.campaigns.create({ name: 'May', template: 'newsletter', data: newsletterData });
    await mail.campaigns.addRecipients(id, [{ email: 'a@mail.example' }, { email: 'b@mail.example' }]);
    const removed = await mail.campaigns.removeRecipients(id);
    await mail.campaigns.addRecipients(id, [{ email: 'a@mail.example' }, { email: 'b@mail.example' }]);
    await mail.campaigns.launch(id);
    await mail.work.expandCampaigns();
    await mail.campaigns.pause(id);
    const held = (await outbox.queued.all()).map(({ state }) => state);
    await work();
    const whilePaused = await outbox.sent.count();
    await mail.campaigns.resume(id);
    const { state } = await mail.campaigns.cancel(id);
    await work();
    const counts = await mail.messages.countByState();
    const list = (await mail.campaigns.list()).map(({ name, state }) => ({ name, state }));
    return {
      removed,
      held,
      whilePaused,
      state,
      counts,
      list,
      resume: await refused(mail.campaigns.resume(id)),
    };
  },

  async 'refuses campaigns that cannot be'({ mail }) {
    const inputs = [
      { name: '', template: 'newsletter' },
      { name: 'x', template: 'password-reset' },
      { name: 'x', template: 'no-such' },
      { name: 'x', template: 'newsletter', topic: 'With Space' },
      { name: 'x', template: 'newsletter', tag: 'x'.repeat(1001) },
    ];
    const refusals = [];
    for (const input of inputs) refusals.push(await refused(mail.campaigns.create(input)));
    return {
      refusals,
      unknown: await refused(mail.campaigns.get('no-such')),
      keys: await mail.campaigns.templates(),
    };
  },

  async 'sends with the caller’s transaction, and not when that is rolled back'({ mail, outbox }) {
    const db = testDatabase();
    const inside = await db.transaction(async trx => {
      const { repeated } = await mail.send(resetInput({ to: 'in@mail.example', idempotencyKey: 'in' }), {
        trx,
      });
      const again = await mail.send(resetInput({ to: 'in@mail.example', idempotencyKey: 'in' }), { trx });
      return { repeated, again: again.repeated, early: await outbox.sent.count() };
    });
    const noOrder = async () => {
      throw new Error('no order');
    };
    await db
      .transaction(trx =>
        mail.send(resetInput({ to: 'out@mail.example', idempotencyKey: 'out' }), { trx }).then(noOrder),
      )
      .catch(() => {});
    // A savepoint that is rolled back, in a transaction that commits.
    await db.transaction(async trx => {
      await trx
        .transaction(inner =>
          mail.send(resetInput({ to: 'inner@mail.example' }), { trx: inner }).then(noOrder),
        )
        .catch(() => {});
      await mail.send(resetInput({ to: 'outer@mail.example' }), { trx });
    });
    const ended = await db.transaction();
    await ended.commit();
    const late = await refused(mail.send(resetInput(), { trx: ended as CallerTransaction }));
    const again = await mail.send(resetInput({ to: 'out@mail.example', idempotencyKey: 'out' }), {
      wait: true,
    });
    const to = (await outbox.sent.all()).flatMap(({ recipients }) => recipients).sort();
    return { inside, late, repeated: again.repeated, to };
  },
};

describe('fakeMail and the module', () => {
  let captured: Capture;
  let real: Kit;
  let fake: FakeMail;

  before(async () => {
    captured = await captureMail({ config: { ...shared, database: testDatabaseUrl() } });
    const mail = await captured.mail({ wait: false });
    real = { mail, outbox: captured, clock: captured.clock, work: () => captured.work() };
    fake = fakeMail(shared);
  });
  beforeEach(async () => {
    await captured.reset();
    await fake.reset();
  });
  after(async () => {
    await fake.close();
    await captured.close();
  });

  for (const [name, scenario] of Object.entries(scenarios)) {
    it(`agree: ${name}`, async () => {
      const answer = await scenario(real);
      const { work } = fake;
      const faked = await scenario({ mail: fake, outbox: fake, clock: fake.clock, work: () => work() });
      expect(faked).to.deep.equal(answer);
    });
  }
});
