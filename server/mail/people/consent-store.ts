import type { Knex } from 'knex';
import { columns, type Known, momentsAsText, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type { ConsentChangesRow, ConsentsRow } from '../../../db/rows.ts';
import { addressKey } from '../shared/address.ts';
import { fromUtc, utc } from '../shared/time.ts';
import { confirmationsIn } from './confirmations-store.ts';
import type { Consent, ConsentChange, ConsentRecords, ConsentSource } from './consent-records.ts';
import { linkedMessage } from './linked-message-store.ts';
import { activeSuppressions } from './suppressions-store.ts';

const stored = columns<Known<ConsentsRow, { source: ConsentSource }>>()('postlane_consents', [
  'topic',
  'address',
  'granted',
  'source',
  'evidence',
  'changedAt',
]);

type ChangeRow = Known<ConsentChangesRow, { scope: ConsentChange['scope']; source: ConsentSource }>;
const change = columns<ChangeRow>()('postlane_consent_changes', [
  'address',
  'scope',
  'topic',
  'granted',
  'pending',
  'source',
  'evidence',
  'wording',
  'locale',
  'saidAt',
  'recordedAt',
  'recordedBy',
]);

/** What people said, as a transaction sees it. */
export function consentRecordsIn(trx: Knex, now: () => Date): ConsentRecords {
  return {
    consents: address => listConsents(trx, address),
    locked: (topic, address) => lockConsent(trx, topic, address),
    put: (consent, { isNow }) => putConsent(trx, consent, isNow),
    append: one => appendChange(trx, one),
    history: (address, limit) => consentChanges(trx, address, limit),
    ...confirmationsIn(trx),
    message: id => linkedMessage(trx, id),
    suppressed: async address => (await activeSuppressions(trx, [address], now())).get(address) ?? [],
  };
}

/** All statements of an address. */
export async function listConsents(db: Knex, address: string): Promise<Consent[]> {
  const rows: ConsentRow[] = await db('postlane_consents')
    .select({ ...stored.aliases, ...momentsAsText(db, stored.aliases, ['changedAt']) })
    .where({ address: addressKey(address) })
    .orderBy('topic');
  return rows.map(consentOf);
}

// Moments as text, for the transaction may be a caller's.
type ConsentRow = Omit<Selected<typeof stored>, 'changedAt'> & { changedAt: string };

function consentOf(row: ConsentRow): Consent {
  return { ...row, granted: row.granted === 1, changedAt: fromUtc(row.changedAt) };
}

async function lockConsent(trx: Knex, topic: string, address: string): Promise<Consent | null> {
  const row: ConsentRow | undefined = await trx('postlane_consents')
    .select({ ...stored.aliases, ...momentsAsText(trx, stored.aliases, ['changedAt']) })
    .where({ topic, address })
    .forUpdate()
    .first();
  return row ? consentOf(row) : null;
}

async function putConsent(trx: Knex, consent: Consent, isNow: boolean): Promise<boolean> {
  const { topic, address, granted, source, evidence, changedAt } = consent;
  const wins = isNow
    ? 'TRUE'
    : '(VALUES(changed_at) > changed_at OR (VALUES(changed_at) = changed_at AND VALUES(granted) = 0))';
  // changed_at comes last: what is assigned before it still sees the earlier one.
  await trx.raw(
    `INSERT INTO postlane_consents (topic, address, granted, source, evidence, changed_at) VALUES (?, ?, ?, ?, ?, ?)
     ON DUPLICATE KEY UPDATE
       granted = IF(${wins}, VALUES(granted), granted),
       source = IF(${wins}, VALUES(source), source),
       evidence = IF(${wins}, VALUES(evidence), evidence),
       changed_at = GREATEST(VALUES(changed_at), ${isNow ? 'changed_at + INTERVAL 1000 MICROSECOND' : 'changed_at'})`,
    [topic, address, granted, source, evidence, utc(changedAt)],
  );
  if (isNow) return true;
  const now = await lockConsent(trx, topic, address);
  return now?.granted === granted && now.changedAt.getTime() === changedAt.getTime();
}

async function appendChange(
  trx: Knex,
  { granted, pending, saidAt, recordedAt, recordedBy, ...rest }: ConsentChange,
): Promise<void> {
  await trx('postlane_consent_changes').insert({
    ...{ address: rest.address, scope: rest.scope, topic: rest.topic, source: rest.source },
    ...{ evidence: rest.evidence, wording: rest.wording, locale: rest.locale },
    ...{ granted: Number(granted), pending: Number(pending) },
    ...{ said_at: utc(saidAt), recorded_at: utc(recordedAt), recorded_by: recordedBy?.slice(0, 200) ?? null },
  });
}

async function consentChanges(db: Knex, address: string, limit: number): Promise<ConsentChange[]> {
  const rows: Selected<typeof change>[] = await db('postlane_consent_changes')
    .select(change.aliases)
    .where({ address: addressKey(address) })
    .orderBy('id', 'desc')
    .limit(limit);
  return rows.map(row => ({ ...row, granted: row.granted === 1, pending: row.pending === 1 }));
}

/** What these addresses said about any of these topics, keyed by {@link consentKey}. */
export async function consentsOf(
  db: Db,
  wanted: readonly { topic: string; address: string }[],
): Promise<Map<string, boolean>> {
  if (wanted.length === 0) return new Map();
  // Not (topic, address) IN (...): MariaDB plans 250 pairs for 37 ms, this for 3.
  const [rows]: Pick<ConsentsRow, 'topic' | 'address' | 'granted'>[][] = await db.raw(
    'SELECT topic, address, granted FROM postlane_consents WHERE topic IN (?) AND address IN (?)',
    [[...new Set(wanted.map(({ topic }) => topic))], [...new Set(wanted.map(({ address }) => address))]],
  );
  return new Map(rows?.map(row => [consentKey(row), row.granted === 1]));
}

/** Key of an address on a topic. */
export function consentKey({ topic, address }: { topic: string; address: string }): string {
  return `${topic}\n${address}`;
}
