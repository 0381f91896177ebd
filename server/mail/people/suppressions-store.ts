import type { Knex } from 'knex';
import { columns, type Known, momentsAsText, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type { SuppressionsRow } from '../../../db/rows.ts';
import { grouped } from '../shared/grouped.ts';
import { fromUtc, utc } from '../shared/time.ts';
import {
  classOf,
  isExpired,
  rankOf,
  type SuppressionClass,
  type SuppressionPlace,
  type SuppressionScope,
  type SuppressionSource,
} from './suppression.ts';

type Row = Known<
  SuppressionsRow,
  { scope: SuppressionScope; source: SuppressionSource; class: SuppressionClass | '' }
>;
// reason and origin are the provider's words (`Recipient`, `Customer` or `Admin`), or ours for what was entered here
// (`Operator`, `Host` or `Person`), or concluded here (`Rule`).
/** The columns of a {@link Suppression}. */
export const stored = columns<Row>()('postlane_suppressions', [
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
  'changedAt',
  'recordedAt',
  'reaches',
  'offer',
  'expiresAt',
]);

/** One thing that stands, or stood, against mail to an address. */
export interface Suppression extends SuppressionPlace {
  source: SuppressionSource;
  class: SuppressionClass;
  /** Whether it stops mail now; of one that expired, `expiresAt` is past. */
  active: boolean;
  /** In the provider's words, or `ManualSuppression`. */
  reason: string;
  origin: string;
  /** The event that it rests on; null for what was entered here. */
  eventId: string | null;
  note: string | null;
  /** Who entered or lifted it; null for what was reported. */
  changedBy: string | null;
  /** When it came to be as it is. */
  changedAt: Date;
  /** When we heard of that. */
  recordedAt: Date;
  /** Topics and categories that were sent on its stream; null where that is not known. */
  reaches: string[] | null;
  /** Whether the providers of its streams were told: `due`, `done` or `refused`; null where they are not to be. */
  offer: string | null;
  /** When it ends, or ended, by itself; null for never, and once it was lifted. */
  expiresAt: Date | null;
}

/** All suppressions of these addresses that are active at a moment, by address, in one query. */
export async function activeSuppressions(
  db: Db,
  addresses: readonly string[],
  at: Date,
): Promise<Map<string, Suppression[]>> {
  if (addresses.length === 0) return new Map();
  const rows = await db('postlane_suppressions')
    .select(stored.aliases)
    .whereIn('address', [...new Set(addresses)])
    .where(activeAt(at));
  return grouped(rows.map(suppressionOf), ({ address }) => address);
}

/** Rows that are active at a moment. */
export function activeAt(at: Date): (row: Knex.QueryBuilder) => void {
  return row =>
    void row
      .where({ active: 1 })
      .where(one => one.whereNull('expires_at').orWhere('expires_at', '>', utc(at)));
}

/** Sources and classes that may speak of one place at once: the provider's four, and one of each of the others. */
export const mostOfOnePlace = 8;

/** What a provider reported on a stream and still stands, in order of address, in flat memory: read page by page. */
export async function* reportedOn(db: Db, stream: string): AsyncGenerator<Suppression> {
  const page = 500;
  for (let after: string | undefined; ; ) {
    const query = db(db.raw('postlane_suppressions FORCE INDEX (suppressions_stream)'))
      .select(stored.aliases)
      .where({ stream, scope: 'stream', source: 'provider', active: 1 })
      // By more than the index says of itself MySQL would sort the whole stream.
      .orderBy(['stream', 'address'])
      .limit(page + mostOfOnePlace);
    if (after !== undefined) query.where('address', '>', after);
    const found = (await query).map(suppressionOf);
    const isLast = found.length < page + mostOfOnePlace;
    // No address in two halves.
    const last = isLast ? undefined : found[page - 1]?.address;
    yield* last === undefined ? found : found.filter(({ address }) => address <= last);
    if (last === undefined) return;
    after = last;
  }
}

/** All that stands, or stood, against an address, as it is at a moment; the first 500. */
export async function suppressionsOf(db: Db, address: string, at: Date): Promise<Suppression[]> {
  const rows = await db('postlane_suppressions')
    .select(stored.aliases)
    .where({ address })
    .orderBy(['scope', 'stream', 'topic', 'source', 'class'])
    .limit(500);
  return rows.map(suppressionOf).map(one => ({ ...one, active: one.active && !isExpired(one, at) }));
}

/**
 * All that was ever said of a place, as it is at a moment: the active first and of those the strongest first; `lock` holds
 * it for a change.
 */
export async function suppressionsAt(
  db: Knex,
  { address, scope, stream, topic }: SuppressionPlace,
  at: Date,
  { lock = false }: { lock?: boolean } = {},
): Promise<Suppression[]> {
  const moments = ['changedAt', 'recordedAt', 'expiresAt'] as const;
  const query = db('postlane_suppressions')
    .select({ ...stored.aliases, ...momentsAsText(db, stored.aliases, moments) })
    .where({ address, scope, stream, topic });
  if (lock) query.forUpdate();
  const rows: (Omit<Selected<typeof stored>, (typeof moments)[number]> & {
    changedAt: string;
    recordedAt: string | null;
    expiresAt: string | null;
  })[] = await query;
  // The databases compare without the spaces at the end.
  const named = rows.filter(
    row => row.address === address && row.scope === scope && row.stream === stream && row.topic === topic,
  );
  const all = named.map(row => {
    const [changedAt, recordedAt] = [fromUtc(row.changedAt), fromUtc(row.recordedAt)];
    const one = suppressionOf({ ...row, changedAt, recordedAt, expiresAt: fromUtc(row.expiresAt) });
    return { ...one, active: one.active && !isExpired(one, at) };
  });
  return all.sort((a, b) => Number(b.active) - Number(a.active) || rankOf(a) - rankOf(b));
}

/** A row as a suppression; whether it has expired is for its reader to see. */
export function suppressionOf({ reaches, ...row }: Selected<typeof stored>): Suppression {
  // Of a process of the release before, which knew no classes.
  const isOld = row.class === '';
  return {
    ...row,
    class: row.class || classOf(row),
    source: isOld && row.origin === 'Operator' ? 'operator' : row.source,
    active: Boolean(row.active),
    eventId: row.eventId === null ? null : String(row.eventId),
    recordedAt: row.recordedAt ?? row.changedAt,
    reaches: reaches === null ? null : reaches.split(',').filter(Boolean),
  };
}

/** How many addresses get nothing on a stream, counted no further than `atMost`: there may be millions. */
export async function countSuppressed(db: Db, stream: string, atMost: number, at: Date): Promise<number> {
  const firstOnes = db('postlane_suppressions')
    .distinct('address')
    .where({ stream })
    .where(activeAt(at))
    .limit(atMost)
    .as('first_ones');
  const [row]: { n: number | string }[] = await db.from(firstOnes).count({ n: '*' });
  return Number(row?.n ?? 0);
}
