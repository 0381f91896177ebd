import type { Knex } from 'knex';
import { columns, type Known, momentsAsText, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type { SuppressionsRow } from '../../../db/rows.ts';
import { addressKey } from '../shared/address.ts';
import { fromUtc, utc } from '../shared/time.ts';
import {
  classOf,
  isExpired,
  rankOf,
  type SuppressionClass,
  type SuppressionPlace,
  type SuppressionScope,
  type SuppressionSource,
  strongest,
} from './suppression.ts';

type Row = Known<
  SuppressionsRow,
  { scope: SuppressionScope; source: SuppressionSource; class: SuppressionClass | '' }
>;
// reason and origin are the provider's words (`Recipient`, `Customer` or `Admin`), or ours for what was entered here
// (`Operator`, `Host` or `Person`).
const stored = columns<Row>()('postlane_suppressions', [
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

function activeAt(at: Date): (row: Knex.QueryBuilder) => void {
  return row =>
    void row
      .where({ active: 1 })
      .where(one => one.whereNull('expires_at').orWhere('expires_at', '>', utc(at)));
}

/** What to list: a stream, an address, so many. */
export interface ListedFilter {
  stream?: string | undefined;
  address?: string | undefined;
  limit?: number | undefined;
}

/** Active suppressions of a stream, of an address, or all; of each place the strongest. */
export async function listSuppressions(db: Knex, filter: ListedFilter, at: Date): Promise<Suppression[]> {
  const query = db('postlane_suppressions')
    .select(stored.aliases)
    .where(activeAt(at))
    .orderBy(['stream', 'address', 'scope', 'topic', 'source', 'class']);
  if (filter.stream) query.where({ stream: filter.stream });
  if (filter.address) query.where({ address: addressKey(filter.address) });
  if (filter.limit) query.limit(filter.limit * mostOfOnePlace);
  return strongestOfEach((await query).map(suppressionOf)).slice(0, filter.limit);
}

/** What to look for; `start` is the beginning of an address, `cursor` continues a page. */
export interface SuppressionFilter {
  start?: string | undefined;
  stream?: string | undefined;
  cursor?: string | undefined;
  /** Default 50, at most 500. */
  limit?: number | undefined;
}

/** One page in order of address, of each place the strongest; `cursor` is null on the last. */
export interface SuppressionPage {
  suppressions: Suppression[];
  cursor: string | null;
}

/** Sources and classes that may speak of one place at once: the provider's four, and one of each of the others. */
const mostOfOnePlace = 7;

/** Active suppressions by address, page by page; the index alone leads there. */
export async function pageSuppressions(
  db: Db,
  filter: SuppressionFilter,
  at: Date,
): Promise<SuppressionPage> {
  const limit = Math.min(filter.limit ?? 50, 500);
  const wanted = limit + 1 + mostOfOnePlace;
  const order = ['address', 'scope', 'stream', 'topic', 'source', 'class'];
  // With FORCE INDEX: for a first page MySQL would otherwise sort the whole table.
  const index = filter.stream ? 'suppressions_stream' : 'PRIMARY';
  const query = db(db.raw('postlane_suppressions FORCE INDEX (??)', [index]))
    .select(stored.aliases)
    .where(activeAt(at))
    .orderBy(filter.stream ? ['stream', ...order.filter(one => one !== 'stream')] : order)
    .limit(wanted);
  const start = filter.start?.toLowerCase() ?? '';
  if (filter.stream) query.where({ stream: filter.stream });
  query.where('address', '>=', start);
  if (start) query.where('address', '<', `${start}\u{10ffff}`);
  if (filter.cursor) startBehind(query, filter.cursor);
  const found = (await query).map(suppressionOf);
  const places = strongestOfEach(found);
  // The last place of a full answer may go on behind it.
  const whole = found.length < wanted ? places : places.slice(0, -1);
  const suppressions = whole.slice(0, limit);
  const last = suppressions.at(-1);
  const isLast = found.length < wanted && whole.length <= limit;
  return { suppressions, cursor: isLast || !last ? null : cursorOf(last) };
}

// Spelled out: with (address, scope, ...) > (?, ?, ...) neither engine enters the index.
function startBehind(query: Knex.QueryBuilder, cursor: string): void {
  const [address = '', scope = '', stream = '', topic = ''] = cursor.split('\n');
  query.where('address', '>=', address).where(row =>
    row
      .where('address', '>', address)
      .orWhere('scope', '>', scope)
      .orWhere(same => same.where({ scope }).where('stream', '>', stream))
      .orWhere(same => same.where({ scope, stream }).where('topic', '>', topic)),
  );
}

function cursorOf({ address, scope, stream, topic }: SuppressionPlace): string {
  return [address, scope, stream, topic].join('\n');
}

function strongestOfEach(all: readonly Suppression[]): Suppression[] {
  return [...grouped(all, cursorOf).values()].flatMap(ofOne => strongest(ofOne) ?? []);
}

function grouped(
  all: readonly Suppression[],
  keyOf: (one: Suppression) => string,
): Map<string, Suppression[]> {
  const groups = new Map<string, Suppression[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
}

/** What a provider reported on a stream and still stands, in order of address, in flat memory: read page by page. */
export async function* reportedOn(db: Db, stream: string): AsyncGenerator<Suppression> {
  const page = 500;
  const order = ['address', 'scope', 'topic', 'source', 'class'];
  for (let after: string | undefined; ; ) {
    const query = db(db.raw('postlane_suppressions FORCE INDEX (suppressions_stream)'))
      .select(stored.aliases)
      .where({ stream, scope: 'stream', source: 'provider', active: 1 })
      .orderBy(['stream', ...order])
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

function suppressionOf({ reaches, ...row }: Selected<typeof stored>): Suppression {
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
