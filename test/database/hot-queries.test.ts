import { expect } from 'chai';
import { v7 as newId } from 'uuid';
import type { Db } from '../../db/connect.ts';
import { hasOpenMessages } from '../../server/mail/campaigns/campaigns-store.ts';
import { unknownFacts } from '../../server/mail/events/events-store.ts';
import { findMessageOf } from '../../server/mail/events/matching-store.ts';
import type { Mail } from '../../server/mail/index.ts';
import type { MessageFilter } from '../../server/mail/messages/filter.ts';
import { findByIdempotencyKey } from '../../server/mail/messages/insert-store.ts';
import { purge } from '../../server/mail/messages/purge-store.ts';
import { findMessages } from '../../server/mail/messages/search-store.ts';
import { activeSuppressions } from '../../server/mail/people/suppressions-store.ts';
import type { ProviderEvent } from '../../server/mail/providers/event.ts';
import { claimDue, loadClaimed, markHandedOver } from '../../server/mail/sending/claims-store.ts';
import { claimUnknown, endLostLeases } from '../../server/mail/sending/overdue-store.ts';
import { recordResults } from '../../server/mail/sending/results-store.ts';
import { type TestDb, testDatabase } from '../support/database.ts';
import { newsletterData, resetInput } from '../support/inputs.ts';
import { openMail } from '../support/mail.ts';
import { planOf } from '../support/plans.ts';
import { rowsTouched } from '../support/reads.ts';
import { accept, createScriptedTransport } from '../support/scripted-transport.ts';

/** Of each state there are so many, all of them due. */
const crowd = 600;
const states = ['queued', 'sending', 'unknown', 'sent'] as const;
const now = new Date();
/** Of the crowd. */
const transports = ['postmark-api', 'postmark-smtp'];
const later = new Date(now.getTime() + 60_000);

describe('what is asked all day long', () => {
  const db = testDatabase();
  let mail: Mail;
  let campaign: string;

  before(async () => {
    mail = await openMail({ transports: [createScriptedTransport('postmark-api', accept)] });
    await mail.send(resetInput({ idempotencyKey: 'first' }), { wait: true });
    ({ id: campaign } = await mail.campaigns.create({
      name: 'c',
      template: 'newsletter',
      data: newsletterData,
    }));
    await insertCrowd(db, campaign);
    await db.raw(
      'ANALYZE TABLE postlane_messages, postlane_attempts, postlane_message_contents, postlane_message_metadata, postlane_events, postlane_suppressions',
    );
  });
  after(() => mail.close());

  /** Everything is put back: the counters' transaction is rolled back. */
  const touched = async (work: (trx: Db) => Promise<unknown>): Promise<number> => {
    let rows = 0;
    const undo = new Error('undo');
    await db
      .transaction(async trx => {
        rows = await rowsTouched(trx, work);
        throw undo;
      })
      .catch((error: unknown) => {
        if (error !== undo) throw error;
      });
    return rows;
  };
  const event = (over: Partial<ProviderEvent>) =>
    ({ attemptId: null, providerMessageId: null, fact: 'x', ...over }) as ProviderEvent;
  const claims = async () =>
    (await db('postlane_messages').where({ state: 'sending' }).limit(10)).map(({ id, lease }) => ({
      messageId: id,
      lease,
    }));

  const asked: [string, (trx: Db) => Promise<unknown>][] = [
    ['claims', trx => claimDue(trx, { lane: 'bulk', transports, limit: 10, now, leaseEnd: later })],
    ['ended leases', trx => endLostLeases(trx, { limit: 10, now, askAt: later })],
    ['unknowns', trx => claimUnknown(trx, { transports, limit: 10, now, nextAskAt: later })],
    [
      'the mark before a hand-over',
      async trx => markHandedOver(trx, await claims(), { now, leaseEnd: later }),
    ],
    ['the load of a page', async trx => loadClaimed(trx, await claims())],
    ['a page of outcomes', async trx => recordResults(trx, await resultsOf(trx, await claims()), now)],
    ['suppressions', trx => activeSuppressions(trx, ['x17@mail.example'], new Date())],
    ['a repeated key', trx => findByIdempotencyKey(trx, 'first', '')],
    ['a report by our id', trx => findMessageOf(trx, event({ attemptId: newId() }))],
    ['a report by their id', trx => findMessageOf(trx, event({ providerMessageId: 'provider-17' }))],
    ['known facts', trx => unknownFacts(trx, 'postmark', [event({}), event({ fact: 'y' })])],
    ['an end of a campaign', trx => hasOpenMessages(trx, campaign)],
    ['a purge that finds nothing', trx => purge(trx, new Date('2020-01-01'), now)],
  ];
  for (const [what, ask] of asked) {
    it(`reads no more than it takes for ${what}`, async () => {
      expect(await touched(ask)).to.be.below(200);
    });
  }

  const searches: [MessageFilter, index: string][] = [
    [{ recipient: 'sent17@mail.example' }, 'messages_recipient'],
    [{ metadata: { order: '17' } }, 'message_metadata_value'],
    [{ idempotencyKey: 'first' }, 'messages_scoped_idempotency'],
    [{ subject: 'Subject 17' }, 'messages_subject'],
    [{ category: 'password-reset' }, 'messages_category'],
    [{ template: 'password-reset' }, 'messages_template_version'],
    [{ state: 'failed' }, 'messages_state'],
    [{ state: 'sent' }, 'messages_state'],
    [{ tag: 'order-17' }, 'messages_tag'],
    [{ stream: 'outbound' }, 'messages_stream'],
    [{ campaignId: '018f0000-0000-7000-8000-000000000000', state: 'queued' }, 'messages_campaign_state'],
  ];
  for (const [filter, index] of searches) {
    it(`finds messages by ${Object.keys(filter).join(' and ')} with ${index}`, async () => {
      const plan = await planOf(db, trx => findMessages(trx, filter));
      const entered = plan.filter(({ key }) => key === index);
      expect(entered).not.to.deep.equal([]);
      for (const { type, Extra } of entered) {
        expect(['ref', 'range', 'const', 'eq_ref']).to.include(type);
        // The index has them in order of id: nothing is sorted on the way, but the few of one key, one for each scope.
        if (!filter.idempotencyKey) expect(Extra ?? '').not.to.match(/filesort|temporary/);
      }
      const read = plan.filter(({ table }) => table !== null && !/^</.test(table));
      expect(read.filter(({ type }) => type === 'ALL' || type === 'index')).to.deep.equal([]);
    });
  }
});

async function resultsOf(db: TestDb, claims: { messageId: string; lease: string }[]) {
  const attempts = await db('postlane_attempts').whereIn(
    'message_id',
    claims.map(({ messageId }) => messageId),
  );
  return claims.map(claim => ({
    claim,
    attempt: {
      id: attempts.find(({ message_id }) => message_id === claim.messageId).id,
      outcome: 'accepted' as const,
      code: 'ok',
      answer: claim.messageId,
      providerMessageId: null,
    },
    next: { to: 'send' as const },
  }));
}

async function insertCrowd(db: TestDb, campaign: string): Promise<void> {
  const pattern = await db('postlane_messages').first('*');
  delete pattern.tag_start;
  const messages = states.flatMap(state =>
    Array.from({ length: crowd }, (_, i) => ({
      ...pattern,
      id: newId(),
      state,
      lane: i % 2 ? 'bulk' : 'transactional',
      lease: state === 'sending' ? 'a lease' : null,
      due_at: state === 'sent' ? null : new Date(now.getTime() - i),
      attempt_count: 1,
      idempotency_key: null,
      campaign_id: campaign,
      recipient: `${state}${i}@mail.example`,
    })),
  );
  await db.batchInsert('postlane_messages', messages, 600);
  await db.batchInsert(
    'postlane_message_contents',
    messages.map(({ id }) => ({ message_id: id, content: '{"to":[],"cc":[],"bcc":[]}' })),
    600,
  );
  await db.batchInsert(
    'postlane_message_metadata',
    messages.map(({ id }, i) => ({ message_id: id, name: 'order', value: `${i}` })),
    600,
  );
  await db.batchInsert(
    'postlane_attempts',
    messages.map(({ id }, i) => ({
      id: newId(),
      message_id: id,
      number: 1,
      stream: 'outbound',
      transport: 'postmark-api',
      provider_message_id: `provider-${i}`,
      created_at: now,
    })),
    600,
  );
  await db.batchInsert(
    'postlane_events',
    messages.map(({ id }, i) => ({
      fact_key: `${i}`.padStart(64, '0'),
      kind: 'other',
      source: 'webhook',
      message_id: id,
      occurred_at: now,
      received_at: now,
      details: '{}',
      raw: '{}',
    })),
    600,
  );
  await db.batchInsert(
    'postlane_suppressions',
    messages.map((_, i) => ({
      stream: 'outbound',
      address: `x${i}@mail.example`,
      active: 1,
      reason: 'HardBounce',
      origin: 'Recipient',
      changed_at: now,
    })),
    600,
  );
}
