import { expect } from 'chai';
import { learnProviderId } from '../../server/mail/events/matching-store.ts';
import type { Mail } from '../../server/mail/index.ts';
import { recordResults } from '../../server/mail/sending/results-store.ts';
import { testDatabase } from '../support/database.ts';
import { resetInput } from '../support/inputs.ts';
import { openMail } from '../support/mail.ts';
import { createScriptedTransport, type ScriptedTransport } from '../support/scripted-transport.ts';

const address = 'order@mail.example';
const [early, tied, late] = ['2026-05-04T09:00:00Z', '2026-05-04T09:30:00Z', '2026-05-04T10:00:00Z'];

/** How often all facts are told, each time in another order. */
const orders = 30;

describe('facts in any order', () => {
  const db = testDatabase();
  let mail: Mail;
  let api: ScriptedTransport;
  let id: string;
  let attemptId: string;
  let start: Record<string, unknown>;

  before(async () => {
    api = createScriptedTransport('postmark-api');
    mail = await openMail({ transports: [api], timing: { comparisonPatienceMs: 0 } });
    ({ id } = await mail.send(resetInput({ to: address }), { wait: true }));
    attemptId = api.given.at(-1)?.attemptId ?? '';
    start = {
      ...(await db('postlane_messages').where({ id }).first()),
      state: 'sending',
      lease: 'mine',
      sent_at: null,
    };
  });
  after(() => mail.close());

  const base = () => ({
    MessageID: 'f0000000-0000-4000-8000-000000000001',
    MessageStream: 'outbound',
    Metadata: { 'postlane-attempt': attemptId },
  });
  const delivery = (DeliveredAt: string, over = {}) => ({
    ...{ RecordType: 'Delivery', ...base(), Recipient: address, DeliveredAt, Details: '250 ok', ...over },
  });
  const bounce = (ID: number, Type: string, BouncedAt: string, over = {}) => ({
    ...{ RecordType: 'Bounce', ...base(), ID, Type, Name: `${Type} ${ID}`, Email: address, BouncedAt },
    ...{ Inactive: Type === 'HardBounce', CanActivate: true, ...over },
  });
  const seen = (RecordType: 'Open' | 'Click', ReceivedAt: string) => ({
    ...{
      RecordType,
      ...base(),
      Recipient: address,
      ReceivedAt,
      OriginalLink: `https://corner.example/${ReceivedAt}`,
    },
  });
  const told = (body: object) => () => mail.receive('postmark', body);

  const ownLateWrite = () =>
    recordResults(
      db,
      [
        {
          claim: { messageId: id, lease: 'mine' } as never,
          attempt: {
            id: attemptId,
            outcome: 'accepted',
            code: 'ok',
            answer: 'OK',
            providerMessageId: base().MessageID,
          },
          next: { to: 'send' },
        },
      ],
      new Date(tied),
    );

  /** Begins again with a message that was handed over and whose answer has not been written. */
  const reset = async () => {
    for (const table of [
      'unmatched_events',
      'events',
      'suppressions',
      'suppression_fences',
      'suppression_changes',
    ] as const)
      await db(`postlane_${table}`).delete();
    await db('postlane_attempts')
      .where({ id: attemptId })
      .update({ outcome: null, provider_message_id: null });
    // MySQL takes no value for a column that it computes, not even its own.
    const { tag_start: _, ...given } = start;
    await db('postlane_messages').where({ id }).update(given);
  };

  /** Everything that is kept, without what only tells when we heard of it. */
  const rows = async () => {
    const facts = await db('postlane_events')
      .select('id', 'fact_key', 'message_id', 'kind', 'stream', 'recipient')
      .orderBy('fact_key');
    const keys = new Map(facts.map(fact => [String(fact.id), fact.fact_key]));
    const suppressions = await db('postlane_suppressions')
      .select()
      .orderBy(['address', 'stream', 'source', 'class']);
    return JSON.stringify({
      message: await db('postlane_messages').where({ id }).first(),
      attempts: await db('postlane_attempts')
        .where({ message_id: id })
        .select('id', 'outcome', 'provider_message_id'),
      facts: facts.map(({ id: _, ...fact }) => fact),
      unmatched: (await db('postlane_unmatched_events').pluck('event_id')).map(one => keys.get(String(one))),
      suppressions: suppressions.map(({ recorded_at: _, event_id, ...row }) => ({
        ...row,
        event: keys.get(String(event_id)),
      })),
    });
  };

  const outcomes = async (facts: readonly (() => Promise<unknown>)[]) => {
    const found = new Map<string, number[]>();
    for (let n = 0; n < orders; n += 1) {
      await reset();
      const order = shuffled(facts.length, n);
      // Some of them in one group, some alone, and each as often as it is in the order.
      const together = n % 3;
      if (together === 0) for (const i of order) await facts[i]?.();
      else
        await inGroups(
          order.map(i => facts[i] as () => Promise<unknown>),
          1 + together * 4,
        );
      const row = await rows();
      found.set(row, found.get(row) ?? order);
    }
    return [...found.keys()].map(row => JSON.parse(row));
  };

  it('come to the same rows when they contradict each other, tie and come twice', async function () {
    this.timeout(120_000);
    const [only, ...others] = await outcomes([
      ownLateWrite,
      told(delivery(late)),
      told(delivery(tied)),
      told(bounce(1, 'HardBounce', late)),
      told(bounce(2, 'HardBounce', tied)),
      told(bounce(3, 'HardBounce', tied)),
      told(bounce(4, 'SMTPApiError', tied)),
      told(bounce(5, 'SMTPApiError', early)),
      told(bounce(6, 'SoftBounce', early)),
      told(bounce(7, 'SoftBounce', tied)),
      told(bounce(8, 'Transient', tied)),
      told(seen('Open', late)),
      told(seen('Open', early)),
      told(seen('Click', late)),
      told(seen('Click', tied)),
    ]);
    expect(others).to.deep.equal([]);
    const iso = (text: string) => new Date(text).toISOString();
    expect(only.message).to.include({
      ...{ state: 'bounced', reason: 'HardBounce 2', sent_at: iso(tied), delivered_at: iso(tied) },
      ...{ bounced_at: iso(tied), failed_at: iso(early), opened_at: iso(early), clicked_at: iso(tied) },
      ...{ complained_at: null, lease: null, due_at: null },
      ...{ soft_bounces: 2, deferred_at: iso(tied), deferral: 'SoftBounce 7' },
    });
  });

  it('come to the same rows when nothing but refusals and our own answer came', async function () {
    this.timeout(120_000);
    const [only, ...others] = await outcomes([
      ownLateWrite,
      told(bounce(4, 'SMTPApiError', late)),
      told(bounce(5, 'SMTPApiError', tied)),
      told(bounce(6, 'SMTPApiError', tied)),
    ]);
    expect(others).to.deep.equal([]);
    expect(only.message).to.include({
      state: 'failed',
      reason: 'SMTPApiError 5',
      sent_at: new Date(tied).toISOString(),
    });
  });

  it('come to the same rows when only one of them tells whose the provider’s id is, and that comes at any time', async function () {
    this.timeout(120_000);
    const bare = { Metadata: {} };
    const [only, ...others] = await outcomes([
      told(delivery(tied)),
      told(delivery(late, { ...bare, Recipient: undefined })),
      told(bounce(40, 'HardBounce', late, bare)),
      told(bounce(41, 'SoftBounce', early, bare)),
      told(bounce(42, 'SpamComplaint', late, { ...bare, RecordType: 'SpamComplaint', Inactive: true })),
      told({ ...seen('Open', early), ...bare }),
    ]);
    expect(others).to.deep.equal([]);
    const iso = (text: string) => new Date(text).toISOString();
    expect(only.message).to.include({ state: 'complained', delivered_at: iso(tied), bounced_at: iso(late) });
    expect(only.message).to.include({ opened_at: iso(early), soft_bounces: 1, complained_at: iso(late) });
    expect(only.facts.map((fact: { message_id: string }) => fact.message_id)).to.deep.equal(
      Array(6).fill(id),
    );
    // What lacks a field is for people to look at all the same.
    expect(only.unmatched).to.have.length(1);
  });

  it('find their message when another process is just learning its id', async () => {
    await reset();
    const other = await db.transaction();
    await learnProviderId(other, attemptId, base().MessageID);
    // Looked up before the id is there for all to see.
    const received = mail.receive('postmark', bounce(50, 'HardBounce', late, { Metadata: {} }));
    await new Promise(resolve => setTimeout(resolve, 100));
    await other.commit();
    await received;
    expect(await mail.events.unmatched()).to.deep.equal([]);
    expect((await mail.messages.get(id))?.state).to.equal('bounced');
  });

  it('are given their message by reconciliation where its id was learnt from an answer that came late', async () => {
    await reset();
    await mail.receive('postmark', bounce(43, 'HardBounce', late, { Metadata: {} }));
    expect(await mail.events.unmatched()).to.have.length(1);
    await ownLateWrite();
    await mail.work.reconcile().catch(() => {});
    expect((await mail.messages.get(id))?.state).to.equal('bounced');
    expect(await mail.events.unmatched()).to.deep.equal([]);
  });

  it('come to the same suppression when soft bounces, deliveries and a complaint are mixed', async function () {
    this.timeout(120_000);
    const at = (minute: number) => new Date(Date.parse(early) + minute * 60_000).toISOString();
    const [only, ...others] = await outcomes([
      told(bounce(20, 'SoftBounce', at(0))),
      told(delivery(at(1))),
      ...[2, 3, 4, 6].map(minute => told(bounce(20 + minute, 'SoftBounce', at(minute)))),
      // Of the same moment: which of them is the fifth must not depend on which came first.
      told(bounce(31, 'SoftBounce', at(7))),
      told(bounce(32, 'SoftBounce', at(7), { MessageStream: 'broadcast' })),
      told(bounce(33, 'SpamComplaint', at(5), { RecordType: 'SpamComplaint', Inactive: true })),
    ]);
    expect(others).to.deep.equal([]);
    expect(
      only.suppressions.map(({ source, class: kind }: { source: string; class: string }) => [source, kind]),
    ).to.have.deep.members([
      ['provider', 'complaint'],
      ['rule', 'bounce'],
    ]);
  });

  it('come to no suppression when a delivery between soft bounces is heard of last', async () => {
    await reset();
    const at = (minute: number) => new Date(Date.parse(early) + minute * 60_000).toISOString();
    for (const minute of [1, 2, 3, 5, 6])
      await mail.receive('postmark', bounce(minute, 'SoftBounce', at(minute)));
    expect(await mail.suppressions.list({ address })).to.have.length(1);
    await mail.receive('postmark', delivery(at(4)));
    expect(await db('postlane_suppressions')).to.deep.equal([]);
    const history = await mail.suppressions.history(address);
    expect(history.map(({ active, source }) => [source, active])).to.deep.equal([
      ['rule', false],
      ['rule', true],
    ]);
  });
});

async function inGroups(facts: readonly (() => Promise<unknown>)[], size: number): Promise<void> {
  for (let from = 0; from < facts.length; from += size)
    await Promise.all(facts.slice(from, from + size).map(fact => fact()));
}

/** Each index once, and some twice, in an order that a seed makes. */
function shuffled(length: number, seed: number): number[] {
  const all = Array.from({ length }, (_, i) => i);
  const twice = [...all, ...all.filter(i => (i + seed) % 3 === 0)];
  let state = seed + 1;
  for (let i = twice.length - 1; i > 0; i -= 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const j = Math.floor((state / 2_147_483_648) * (i + 1));
    [twice[i], twice[j]] = [twice[j] as number, twice[i] as number];
  }
  return twice;
}
