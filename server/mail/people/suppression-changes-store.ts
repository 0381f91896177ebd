import type { Knex } from 'knex';
import { columns, type Known, type Selected } from '../../../db/columns.ts';
import type { Db, Trx } from '../../../db/connect.ts';
import type { SuppressionChangesRow } from '../../../db/rows.ts';
import { oneByOne, type Statement } from '../../../db/together.ts';
import { addressKey } from '../shared/address.ts';
import { utc } from '../shared/time.ts';
import type {
  SuppressionClass,
  SuppressionPlace,
  SuppressionScope,
  SuppressionSource,
} from './suppression.ts';

type Row = Known<
  SuppressionChangesRow,
  { scope: SuppressionScope; source: SuppressionSource; class: SuppressionClass | '' }
>;
const stored = columns<Row>()('postlane_suppression_changes', [
  'address',
  'scope',
  'stream',
  'topic',
  'source',
  'class',
  'active',
  'reason',
  'origin',
  'eventId',
  'note',
  'changedBy',
  'datedAt',
  'recordedAt',
  'expiresAt',
]);

/** One report, or one change made here, as it is kept for good. */
export type RecordedChange = Omit<Selected<typeof stored>, 'active' | 'eventId'> & {
  /** True for what suppresses, false for what ends a suppression. */
  active: boolean;
  eventId: string | null;
};

/** Appends a change to the history. */
export async function recordSuppressionChange(trx: Knex, change: NewChange): Promise<void> {
  await recordSuppressionChanges(trx, [change]);
}

/** Appends changes to the history. */
export async function recordSuppressionChanges(trx: Knex, changes: readonly NewChange[]): Promise<void> {
  if (changes.length > 0) await oneByOne(trx)([recordingChanges(changes)]);
}

/** The statement that appends changes, one at least. */
export function recordingChanges(changes: readonly NewChange[]): Statement {
  const rows = changes.map(rowOf);
  const names = Object.keys(rows[0] ?? {});
  const values = `(${names.map(() => '?').join(', ')})`;
  return {
    sql: `INSERT INTO postlane_suppression_changes (${names.join(', ')}) VALUES ${rows.map(() => values).join(', ')}`,
    values: rows.flatMap(row => Object.values(row)),
  };
}

function rowOf({ datedAt, recordedAt, expiresAt = null, ...change }: NewChange) {
  return {
    ...{ address: change.address, scope: change.scope, stream: change.stream, topic: change.topic },
    ...{ source: change.source, class: change.class, active: Number(change.active) },
    ...{ reason: change.reason, origin: change.origin, event_id: change.eventId },
    ...{ note: change.note, changed_by: change.changedBy?.slice(0, 200) ?? null },
    ...{ dated_at: utc(datedAt), recorded_at: utc(recordedAt), expires_at: utc(expiresAt) },
  };
}

/** A change of {@link recordSuppressionChange}. */
export type NewChange = Omit<RecordedChange, 'expiresAt'> & Partial<Pick<RecordedChange, 'expiresAt'>>;

/** The history of an address, newest first. */
export async function suppressionChanges(db: Db, address: string, limit: number): Promise<RecordedChange[]> {
  const rows = await db('postlane_suppression_changes')
    .select(stored.aliases)
    .where({ address: addressKey(address) })
    .orderBy('id', 'desc')
    .limit(limit);
  return rows.map(row => ({
    ...row,
    active: Boolean(row.active),
    eventId: row.eventId === null ? null : String(row.eventId),
  }));
}

/** An entry of our own: who asks for it, and the words that it is shown by. */
export interface OwnEntry extends SuppressionPlace {
  source: Exclude<SuppressionSource, 'provider'>;
  class: SuppressionClass;
  origin: string;
}

/** The reason of all that is entered here. */
export const manualReason = 'ManualSuppression';

/** What is kept of an entry beside its place. */
export interface OwnDetails {
  note: string;
  by: string | null;
  at: Date;
  /** See `Stopping.reaches`. */
  reaches: readonly string[] | null;
  /** What is to be said to providers. */
  offer: string | null;
  expiresAt: Date | null;
}

/**
 * Enters a suppression of our own, or lets the one that is there last longer; false when it is there already for as long.
 * One that has expired is entered like one that was lifted.
 */
export async function enterSuppression(trx: Trx, entry: OwnEntry, details: OwnDetails): Promise<boolean> {
  const { note, by, at, reaches, offer, expiresAt } = details;
  const longer = {
    ...{ note, changed_by: by?.slice(0, 200) ?? null, offer },
    ...{ recorded_at: utc(at), expires_at: utc(expiresAt) },
  };
  const values = { ...longer, active: 1, reaches: reaches?.join(',') ?? null, changed_at: utc(at) };
  const { address, scope, stream, topic, source, class: kind, origin } = entry;
  const key = { address, scope, stream, topic, source, class: kind };
  // What is ignored is that it is there: somebody who enters it at the same time has come first, or waits for us.
  const [inserted] = await trx.raw(
    `INSERT IGNORE INTO postlane_suppressions
       (address, scope, stream, topic, source, class, reason, origin, note, changed_by, offer, recorded_at, expires_at,
        active, reaches, changed_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [...Object.values(key), manualReason, origin, ...Object.values(values)],
  );
  if (inserted.affectedRows === 1) return true;
  const entered = await trx('postlane_suppressions')
    .where(key)
    .where(row => row.where({ active: 0 }).orWhere('expires_at', '<=', utc(at)))
    .update(values);
  if (entered > 0) return true;
  const shorter = trx('postlane_suppressions').where(key).whereNotNull('expires_at');
  if (expiresAt) shorter.where('expires_at', '<', utc(expiresAt));
  return (await shorter.update(longer)) > 0;
}

/** Ends an entry of our own; false when it is not active. */
export async function endSuppression(
  trx: Trx,
  { address, scope, stream, topic, source, class: kind }: OwnEntry,
  { note, by, at, offer }: Omit<OwnDetails, 'reaches' | 'expiresAt'>,
): Promise<boolean> {
  const changed = await trx('postlane_suppressions')
    .where({ address, scope, stream, topic, source, class: kind, active: 1 })
    .update({
      ...{ active: 0, note, changed_by: by?.slice(0, 200) ?? null, offer },
      ...{ changed_at: utc(at), recorded_at: utc(at), expires_at: null },
    });
  return changed > 0;
}
