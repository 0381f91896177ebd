import { expect } from 'chai';
import type { Db, Trx } from '../../db/connect.ts';
import {
  countUnmatched,
  countWithFaults,
  listUnmatched,
  readUnmatched,
} from '../../server/mail/events/unmatched-store.ts';
import { attemptsNamed, idsLearnt, waitingFor } from '../../server/mail/events/waiting-store.ts';
import { trackedCandidates } from '../../server/mail/messages/tracked-store.ts';
import { consentRecordsIn, consentsOf } from '../../server/mail/people/consent-store.ts';
import { dueOffers, settleOffer } from '../../server/mail/people/offers-store.ts';
import { eventsAbout, eventsNamed, happenedTo } from '../../server/mail/people/person-store.ts';
import { bulkSentTo, bulkSentToAll } from '../../server/mail/people/reach-store.ts';
import {
  deleteEscalations,
  fenceRun,
  lockedRuns,
  readRun,
} from '../../server/mail/people/soft-bounces-store.ts';
import { lockStanding, readKnownTo } from '../../server/mail/people/standing-store.ts';
import { endSuppression, suppressionChanges } from '../../server/mail/people/suppression-changes-store.ts';
import { rowsOf } from '../../server/mail/people/suppression-import-store.ts';
import {
  everySuppression,
  listSuppressions,
  pageSuppressions,
} from '../../server/mail/people/suppression-lists-store.ts';
import {
  activeSuppressions,
  countSuppressed,
  reportedOn,
  suppressionsAt,
  suppressionsOf,
} from '../../server/mail/people/suppressions-store.ts';
import { idAt } from '../../server/mail/shared/ids.ts';
import { addMs, utc } from '../../server/mail/shared/time.ts';
import { countStatements } from '../../server/mail/topics/topics-store.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { type PlanStep, planOf } from '../support/plans.ts';

const now = new Date('2026-05-04T09:00:00Z');
const crowd = 2_000;
const people = Array.from({ length: crowd }, (_, i) => i);
const person = (i: number) => `person-${i % 400}@mail.example`;
const single = (i: number) => `single-${i}@mail.example`;
const [one, other] = [person(7), single(7)];
const guid = '5b1c6f0e-93a7-4d62-8e21-ab0c9d3e4f55';
/** Whichever it is: it leads to the few rows of one address. */
const ofAddress = ['PRIMARY', 'suppressions_address', 'suppressions_active'];
const place = { address: other, scope: 'stream' as const, stream: 'broadcast', topic: '' };

describe('what is asked about people', () => {
  const db = testDatabase();
  before(async () => {
    await emptyTables(db);
    await fill(db);
  });

  const asked: [what: string, ask: (trx: Trx) => Promise<unknown>, indexes: readonly string[]][] = [
    [
      'a list of one stream',
      trx => listSuppressions(trx, { stream: 'broadcast', limit: 5 }, now),
      ['suppressions_stream'],
    ],
    ['a list of one address', trx => listSuppressions(trx, { address: other }, now), ofAddress],
    ['the first page of suppressions', trx => pageSuppressions(trx, {}, now), ['PRIMARY']],
    [
      'a page of one stream',
      trx => pageSuppressions(trx, { stream: 'broadcast' }, now),
      ['suppressions_stream'],
    ],
    [
      'a page behind a cursor',
      trx => pageSuppressions(trx, { cursor: `${other}\nstream\nbroadcast\n` }, now),
      ['PRIMARY'],
    ],
    ['the beginning of an address', trx => pageSuppressions(trx, { start: 'single-7' }, now), ['PRIMARY']],
    ['a part of an address', trx => pageSuppressions(trx, { within: '77@mail' }, now, 500), ['PRIMARY']],
    [
      'a part of an address on a stream',
      trx => pageSuppressions(trx, { within: '77@mail', stream: 'broadcast' }, now, 500),
      ['suppressions_stream'],
    ],
    ['an export', trx => all(everySuppression(trx, {}, now)), ['PRIMARY']],
    [
      'an export of one stream',
      trx => all(everySuppression(trx, { stream: 'broadcast' }, now)),
      ['suppressions_stream'],
    ],
    ['a page of an import', trx => rowsOf(trx, people.slice(0, 100).map(single)), ['PRIMARY']],
    ['a provider’s reports on a stream', trx => all(reportedOn(trx, 'broadcast')), ['suppressions_stream']],
    ['who is suppressed', trx => activeSuppressions(trx, people.slice(0, 50).map(single), now), ['PRIMARY']],
    ['all of one address', trx => suppressionsOf(trx, other, now), ['PRIMARY']],
    ['all of one place', trx => suppressionsAt(trx, place, now, { lock: true }), ['PRIMARY']],
    [
      'an end of an entry',
      trx => endSuppression(trx, entry, { note: '', by: null, at: now, offer: null }),
      ofAddress,
    ],
    ['the history of an address', trx => suppressionChanges(trx, one, 500), ['suppression_changes_address']],
    ['what a provider said', trx => lockStanding(trx, place), ['PRIMARY']],
    ['how much is known', trx => readKnownTo(trx, place), ['PRIMARY']],
    ['a count of a stream', trx => countSuppressed(trx, 'broadcast', 100, now), ['suppressions_stream']],
    ['due offers', trx => dueOffers(trx, 100, ''), ['suppressions_offer']],
    ['the next due offers', trx => dueOffers(trx, 100, other), ['suppressions_offer']],
    ['a settled offer', trx => settleOffer(trx, entry, 'done'), [...ofAddress, 'suppressions_offer']],
    ['a person', trx => happenedTo(trx, one), ['events_recipient', 'messages_recipient']],
    [
      'events about a person',
      trx => eventsAbout(trx, one, { cursor: undefined, limit: 10 }),
      ['events_recipient'],
    ],
    ['the next events', trx => eventsAbout(trx, one, { cursor: '900', limit: 10 }), ['events_recipient']],
    ['evidence', trx => eventsNamed(trx, ['1', '2', '3']), ['PRIMARY']],
    ['what was sent on a stream', trx => bulkSentTo(trx, one, 'broadcast'), ['messages_recipient']],
    [
      'what was sent to many',
      trx => bulkSentToAll(trx, [one, person(8)], ['broadcast']),
      ['messages_recipient'],
    ],
    ['a run of soft bounces', trx => readRun(trx, one, 5), ['events_run', 'PRIMARY']],
    ['the fence of a run', trx => fenceRun(trx, one), ['events_run', 'PRIMARY']],
    ['runs that are known', trx => lockedRuns(trx, people.slice(0, 50).map(person)), ['PRIMARY']],
    ['what a run came to', trx => deleteEscalations(trx, other, null), ofAddress],
    ['what an address said', trx => records(trx).consents(one), ['consents_address']],
    ['what one said of a topic', trx => records(trx).locked('news', one), ['PRIMARY']],
    ['the history of consent', trx => records(trx).history(one, 500), ['consent_changes_address']],
    [
      'what waits for a confirmation',
      trx => records(trx).pending(one, now),
      ['consent_confirmations_address'],
    ],
    ['a link to confirm', trx => records(trx).byLink('link-7'), ['consent_confirmations_link']],
    [
      'what a page of people said',
      trx =>
        consentsOf(
          trx,
          people.slice(0, 50).map(i => ({ topic: 'news', address: person(i) })),
        ),
      ['PRIMARY'],
    ],
    ['counts of a topic', trx => countStatements(trx, 'offers', now), ['consents_topic', 'PRIMARY']],
    ['unmatched events', trx => listUnmatched(trx, {}, 100), ['PRIMARY']],
    [
      'unmatched events of a kind',
      trx => listUnmatched(trx, { kind: 'bounced' }, 100),
      ['unmatched_events_kind', 'PRIMARY'],
    ],
    [
      'the next unmatched events with faults',
      trx => listUnmatched(trx, { hasFaults: true, before: '900' }, 100),
      ['unmatched_events_faults', 'PRIMARY'],
    ],
    [
      'unmatched events with faults',
      trx => listUnmatched(trx, { hasFaults: true }, 100),
      ['unmatched_events_faults', 'PRIMARY'],
    ],
    [
      'the next unmatched events',
      trx => listUnmatched(trx, { kind: 'bounced', before: '900' }, 100),
      ['unmatched_events_kind', 'PRIMARY'],
    ],
    [
      'events that wait for an id',
      trx => waitingFor(trx, ['provider-7', 'provider-8'], 100),
      ['unmatched_events_waiting', 'PRIMARY'],
    ],
    [
      'attempts by such an id',
      trx => attemptsNamed(trx, ['provider-7', 'provider-8']),
      ['attempts_provider_message'],
    ],
    [
      'ids that were learnt since',
      trx => idsLearnt(trx, 100),
      ['unmatched_events_waiting', 'attempts_provider_message'],
    ],
    ['one unmatched event', trx => readUnmatched(trx, '5'), ['PRIMARY']],
    ['a count of unmatched events', trx => countUnmatched(trx, 'bounced', 1000), ['unmatched_events_kind']],
    ['a count of those with faults', trx => countWithFaults(trx, now, 1000), ['unmatched_events_faults']],
    [
      'a message by a tracking id',
      trx => trackedCandidates(trx, { id: guid, name: 'trackingid', values: [guid] }, 100),
      ['message_metadata_value', 'PRIMARY'],
    ],
  ];
  for (const [what, ask, indexes] of asked) {
    it(`enters ${indexes.join(' and ')} for ${what}, and sorts no more than a few rows`, async () => {
      const plan = await planOf(db, ask);
      const read = plan.filter(
        ({ table, Extra }) => table !== null && !/^</.test(table) && !isForeseen(Extra),
      );
      expect(plan).not.to.deep.equal([]);
      for (const step of read) {
        const seen = JSON.stringify(step);
        expect(indexes, seen).to.include(step.key);
        expect(step.type, seen).to.be.oneOf(['const', 'eq_ref', 'ref', 'range', 'ref_or_null', 'index']);
        if (Number(step.rows) > 20) expect(step.Extra ?? '', seen).not.to.match(/filesort/);
      }
    });
  }
});

const entry = { ...place, source: 'operator', class: 'operator', origin: 'Operator' } as const;

function records(trx: Db) {
  return consentRecordsIn(trx, () => now);
}

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

/** What is answered before any table is read, and tables in memory. */
function isForeseen(extra: PlanStep['Extra']): boolean {
  return /optimized away|no matching row|impossible where|no tables used/i.test(extra ?? '');
}

/** Many people with little of each, and a few with much; what is asked for most is rare. */
async function fill(db: ReturnType<typeof testDatabase>): Promise<void> {
  const at = (i: number) => utc(addMs(now, (i - crowd) * 1000));
  const ids = people.map(i => idAt(addMs(now, (i - crowd) * 1000)));
  const tables: Record<string, object[]> = {
    postlane_suppressions: people.map(i => ({
      ...{ address: single(i), scope: 'stream', stream: i % 20 ? 'outbound' : 'broadcast', topic: '' },
      ...{
        source: i % 5 ? 'provider' : 'operator',
        class: i % 5 ? 'bounce' : 'operator',
        active: i % 7 ? 1 : 0,
      },
      ...{ reason: 'HardBounce', origin: 'Recipient', changed_at: at(i), recorded_at: at(i) },
      offer: i % 40 ? (i % 5 ? null : 'done') : 'due',
    })),
    postlane_suppression_changes: people.map(i => ({
      ...{ address: person(i), scope: 'stream', stream: 'outbound', topic: '', source: 'provider' },
      ...{ class: 'bounce', active: 1, reason: 'HardBounce', origin: 'Recipient', recorded_at: at(i) },
    })),
    postlane_suppression_fences: people.flatMap(i =>
      ['', 'outbound'].map(stream => ({ address: single(i), stream, known_to: at(i) })),
    ),
    postlane_consents: people.map(i => ({
      ...{ topic: ['news', 'offers', 'events', 'club', 'jobs'][i % 5], address: single(Math.floor(i / 5)) },
      ...{ granted: i % 2, source: 'person', changed_at: at(i) },
    })),
    postlane_consent_changes: people.map(i => ({
      ...{ address: person(i), scope: 'topic', topic: 'news', granted: 1, pending: 0, source: 'person' },
      ...{ said_at: at(i), recorded_at: at(i) },
    })),
    postlane_consent_confirmations: people.map(i => ({
      ...{ topic: i % 20 ? 'club' : 'offers', address: single(i), link_id: `link-${i}`, source: 'person' },
      ...{ asked_at: at(i), mailed_at: at(i), expires_at: utc(addMs(now, i * 1000)) },
    })),
    postlane_events: people.map(i => ({
      ...{ id: i + 1, fact_key: `${i}`.padStart(64, '0'), source: 'webhook', stream: 'outbound' },
      ...{ kind: i % 3 ? 'opened' : i % 2 ? 'delivered' : 'soft-bounced', recipient: person(i) },
      ...{ occurred_at: at(i), received_at: at(i), details: '{}', raw: '{}' },
    })),
    postlane_unmatched_events: people.map(i => ({
      ...{ event_id: i + 1, provider: 'postmark', kind: i % 25 ? 'opened' : 'bounced' },
      ...{ has_faults: i % 50 ? 0 : 1, received_at: at(i) },
      provider_message_id: i % 10 ? null : `provider-${i}`,
    })),
    postlane_messages: people.map(i => ({
      ...{ id: ids[i], state: 'delivered', lane: i % 2 ? 'bulk' : 'transactional', category: 'order' },
      ...{ stream: i % 2 ? 'broadcast' : 'outbound', transport: 'postmark-api', bucket: 1 },
      ...{ policy_version: 1, recipient: person(i), created_at: at(i), delivered_at: at(i) },
    })),
    postlane_attempts: people.map(i => ({
      ...{ id: idAt(now), message_id: ids[i], number: 1, stream: 'outbound', transport: 'postmark-api' },
      ...{ provider_message_id: `handed-over-${i}`, created_at: at(i) },
    })),
    postlane_message_metadata: people.flatMap(i => [
      { message_id: ids[i], name: 'TrackingId', value: `${guid.slice(0, -4)}${1000 + i}` },
      { message_id: ids[i], name: 'trade', value: `${i}` },
    ]),
  };
  for (const [table, rows] of Object.entries(tables)) await db.batchInsert(table, rows, 1_000);
  await db.raw(`ANALYZE TABLE ${Object.keys(tables).join(', ')}`);
}
