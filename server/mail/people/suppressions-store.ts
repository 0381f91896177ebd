import type { Knex } from 'knex';
import { columns, momentsAsText, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type { SuppressionsRow } from '../../../db/rows.ts';
import { addressKey } from '../shared/address.ts';
import { fromUtc, utc } from '../shared/time.ts';

// reason and origin are the provider's words (`Recipient`, `Customer` or `Admin`), or ours for what an operator did
// here (`Operator`).
const stored = columns<SuppressionsRow>()('postlane_suppressions', [
  'stream',
  'address',
  'active',
  'reason',
  'origin',
  'eventId',
  'note',
  'changedAt',
]);

/** Why an address is not mailed on a stream. */
export type Suppression = Omit<Selected<typeof stored>, 'active' | 'eventId'> & {
  active: boolean;
  eventId: string | null;
};

/** A change to one address on one stream. */
export type SuppressionChange = Omit<Suppression, 'eventId' | 'note'> & { eventId?: string; note?: string };

/**
 * Applies a change by its time, not its arrival: an older one never overwrites a newer, and of two at the same
 * moment the one that suppresses wins, so every order of arrival ends alike. True when something changed.
 */
export async function changeSuppression(db: Knex, change: SuppressionChange): Promise<boolean> {
  const wins =
    'VALUES(changed_at) > changed_at OR (VALUES(changed_at) = changed_at AND VALUES(active) > active)';
  // Assignments run from left to right and see earlier ones, so what the condition reads is set last.
  const [result] = await db.raw(
    `INSERT INTO postlane_suppressions (stream, address, active, reason, origin, event_id, note, changed_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON DUPLICATE KEY UPDATE
       reason = IF(${wins}, VALUES(reason), reason),
       origin = IF(${wins}, VALUES(origin), origin),
       event_id = IF(${wins}, VALUES(event_id), event_id),
       note = IF(${wins}, VALUES(note), note),
       active = IF(VALUES(changed_at) > changed_at, VALUES(active), IF(VALUES(changed_at) = changed_at, GREATEST(active, VALUES(active)), active)),
       changed_at = GREATEST(changed_at, VALUES(changed_at))`,
    [
      change.stream,
      addressKey(change.address),
      change.active,
      change.reason,
      change.origin,
      change.eventId ?? null,
      change.note ?? null,
      utc(change.changedAt),
    ],
  );
  return result.affectedRows > 0;
}

/** The active suppressions of these addresses on any of these streams, keyed by {@link suppressionKey}. */
export async function activeSuppressions(
  db: Db,
  wanted: readonly { stream: string; address: string }[],
): Promise<Map<string, Suppression>> {
  if (wanted.length === 0) return new Map();
  // Not (stream, address) IN (...): MariaDB plans 250 pairs for 37 ms, this for 3.
  const [rows]: Selected<typeof stored>[][] = await db.raw(
    `SELECT stream, address, active, reason, origin, event_id AS eventId, note, changed_at AS changedAt
     FROM postlane_suppressions WHERE stream IN (?) AND address IN (?) AND active = 1`,
    [[...new Set(wanted.map(({ stream }) => stream))], [...new Set(wanted.map(({ address }) => address))]],
  );
  return new Map(rows?.map(row => [suppressionKey(row), suppressionOf(row)]));
}

/** Key of an address on a stream. */
export function suppressionKey({ stream, address }: { stream: string; address: string }): string {
  return `${stream}\n${address}`;
}

/** Active suppressions of a stream, of an address, or all, in order; the first `limit` of them when given. */
export async function listSuppressions(
  db: Knex,
  filter: { stream?: string | undefined; address?: string | undefined; limit?: number | undefined } = {},
): Promise<Suppression[]> {
  const query = db('postlane_suppressions')
    .select(stored.aliases)
    .where({ active: 1 })
    .orderBy(['stream', 'address']);
  if (filter.stream) query.where({ stream: filter.stream });
  if (filter.address) query.where({ address: addressKey(filter.address) });
  if (filter.limit) query.limit(filter.limit);
  return (await query).map(suppressionOf);
}

/** What to look for; `start` is the beginning of an address, `cursor` continues a page. */
export interface SuppressionFilter {
  start?: string | undefined;
  stream?: string | undefined;
  cursor?: string | undefined;
  /** Default 50, at most 500. */
  limit?: number | undefined;
}

/** One page in order of address; `cursor` is null on the last. */
export interface SuppressionPage {
  suppressions: Suppression[];
  cursor: string | null;
}

/** Active suppressions by address, page by page; the index alone leads there. */
export async function pageSuppressions(db: Db, filter: SuppressionFilter): Promise<SuppressionPage> {
  const limit = Math.min(filter.limit ?? 50, 500);
  // With FORCE INDEX: for a first page MySQL would otherwise sort the whole table.
  const table = filter.stream
    ? 'postlane_suppressions'
    : db.raw('postlane_suppressions FORCE INDEX (suppressions_address)');
  const query = db(table)
    .select(stored.aliases)
    .where({ active: 1 })
    .limit(limit + 1);
  const start = filter.start?.toLowerCase() ?? '';
  const [stream = '', address = ''] = filter.cursor?.split('\n') ?? [];
  if (filter.stream) {
    query.where({ stream: filter.stream }).orderBy('address').where('address', '>=', start);
    if (address) query.where('address', '>', address);
  } else {
    query.orderBy(['address', 'stream']).where('address', '>=', start);
    if (address) {
      // Spelled out: as (address, stream) > (?, ?) neither engine enters the index with it.
      query
        .where('address', '>=', address)
        .where(row => row.where('address', '>', address).orWhere('stream', '>', stream));
    }
  }
  if (start) query.where('address', '<', `${start}\u{10ffff}`);
  const found = (await query).map(suppressionOf);
  const suppressions = found.slice(0, limit);
  const last = suppressions.at(-1);
  return { suppressions, cursor: found.length > limit && last ? suppressionKey(last) : null };
}

/** All active suppressions of a stream in order of address, in flat memory: read page by page as they are asked for. */
export async function* suppressionsOf(db: Db, stream: string): AsyncGenerator<Suppression> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await pageSuppressions(db, { stream, limit: 500, ...(cursor && { cursor }) });
    yield* page.suppressions;
    cursor = page.cursor;
  }
}

/** One suppression, active or not; null when there never was one. */
export async function readSuppression(
  db: Knex,
  stream: string,
  address: string,
): Promise<Suppression | null> {
  const row = await db('postlane_suppressions')
    .select({ ...stored.aliases, ...momentsAsText(db, stored.aliases, ['changedAt']) })
    .where({ stream, address: addressKey(address) })
    .first();
  return row ? suppressionOf({ ...row, changedAt: fromUtc(row.changedAt) }) : null;
}

function suppressionOf(row: Selected<typeof stored>): Suppression {
  return { ...row, active: Boolean(row.active), eventId: row.eventId === null ? null : String(row.eventId) };
}

/** How many addresses get nothing on a stream, counted no further than `atMost`: there may be millions. */
export async function countSuppressed(db: Db, stream: string, atMost: number): Promise<number> {
  const firstOnes = db('postlane_suppressions')
    .select('address')
    .where({ stream, active: 1 })
    .limit(atMost)
    .as('first_ones');
  const [row]: { n: number | string }[] = await db.from(firstOnes).count({ n: '*' });
  return Number(row?.n ?? 0);
}
