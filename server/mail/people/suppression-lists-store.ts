import type { Knex } from 'knex';
import type { Db } from '../../../db/connect.ts';
import { addressKey } from '../shared/address.ts';
import { grouped } from '../shared/grouped.ts';
import { type SuppressionPlace, strongest } from './suppression.ts';
import { activeAt, mostOfOnePlace, type Suppression, stored, suppressionOf } from './suppressions-store.ts';

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
    .orderBy(filter.stream ? orderOf(filter) : ['stream', 'address', 'scope', 'topic', 'source', 'class']);
  if (filter.stream) query.where({ stream: filter.stream });
  if (filter.address) query.where({ address: addressKey(filter.address) });
  if (filter.limit) query.limit(filter.limit * mostOfOnePlace);
  return strongestOfEach((await query).map(suppressionOf)).slice(0, filter.limit);
}

/** What to look for; `cursor` continues a page. */
export interface SuppressionFilter {
  /** The beginning of an address. */
  start?: string | undefined;
  /** A part of an address, anywhere in it: slower, and a page of it may be `partial`. */
  within?: string | undefined;
  stream?: string | undefined;
  cursor?: string | undefined;
  /** Default 50, at most 500. */
  limit?: number | undefined;
}

/** One page in order of address, of each place the strongest; `cursor` is null on the last. */
export interface SuppressionPage {
  suppressions: Suppression[];
  cursor: string | null;
  /** True when the search for a part of an address has paused before the page was full; the cursor continues it. */
  partial: boolean;
}

/** Active suppressions by address, page by page; the index alone leads there. */
export async function pageSuppressions(
  db: Db,
  filter: SuppressionFilter,
  at: Date,
  budget = searchBudget,
): Promise<SuppressionPage> {
  const limit = Math.min(filter.limit ?? 50, 500);
  const wanted = limit + 1 + mostOfOnePlace;
  const within = filter.within?.toLowerCase() ?? '';
  const end = within === '' ? null : await endOfWalk(db, filter, budget);
  const query = db(tableOf(db, filter))
    .select(stored.aliases)
    .where(activeAt(at))
    .orderBy(orderOf(filter))
    .limit(wanted);
  narrow(query, filter);
  if (within) query.whereRaw('INSTR(address, ?) > 0', [within]);
  // What is behind it has not been walked.
  if (end !== null) query.where('address', '<', end);
  const found = (await query).map(suppressionOf);
  const places = strongestOfEach(found);
  // The last place of a full answer may go on behind it.
  const whole = found.length < wanted ? places : places.slice(0, -1);
  const suppressions = whole.slice(0, limit);
  const last = suppressions.at(-1);
  const isLast = found.length < wanted && whole.length <= limit;
  if (isLast) return { suppressions, cursor: end, partial: end !== null };
  return { suppressions, cursor: last ? cursorOf(last) : null, partial: false };
}

/** How many rows are looked at for one page, whatever they hold. */
const searchBudget = 20_000;

/** The address at which the search for a part of one pauses; null when it comes to the end. */
async function endOfWalk(db: Db, filter: SuppressionFilter, budget: number): Promise<string | null> {
  const query = db(tableOf(db, filter)).select('address').orderBy(orderOf(filter)).offset(budget).limit(1);
  narrow(query, filter);
  const [row]: { address: string }[] = await query;
  return row?.address ?? null;
}

// With FORCE INDEX: for a first page MySQL would otherwise sort the whole table.
function tableOf(db: Db, { stream }: SuppressionFilter): Knex.Raw {
  return db.raw('postlane_suppressions FORCE INDEX (??)', [stream ? 'suppressions_stream' : 'PRIMARY']);
}

// On a stream an address has one place. By more than the index says of itself MySQL would sort the whole stream for each page.
function orderOf({ stream }: Pick<SuppressionFilter, 'stream'>): string[] {
  return stream ? ['stream', 'address'] : ['address', 'scope', 'stream', 'topic', 'source', 'class'];
}

function narrow(query: Knex.QueryBuilder, { stream, start = '', cursor }: SuppressionFilter): void {
  const from = start.toLowerCase();
  if (stream) query.where({ stream });
  query.where('address', '>=', from);
  if (from) query.where('address', '<', `${from}\u{10ffff}`);
  if (cursor) startBehind(query, cursor);
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

/** Every suppression that is active at a moment, in order of address, in flat memory: read page by page. */
export async function* everySuppression(
  db: Db,
  filter: Pick<SuppressionFilter, 'stream'>,
  at: Date,
): AsyncGenerator<Suppression> {
  const most = 1000;
  for (let cursor: string | undefined; ; ) {
    const query = db(tableOf(db, filter))
      .select(stored.aliases)
      .where(activeAt(at))
      .orderBy(orderOf(filter))
      .limit(most);
    narrow(query, { ...filter, cursor });
    const found = (await query).map(suppressionOf);
    const last = found.at(-1);
    if (found.length < most || !last) {
      yield* found;
      return;
    }
    // The last place of a full answer may go on behind it.
    const whole = found.filter(one => cursorOf(one) !== cursorOf(last));
    yield* whole;
    const end = whole.at(-1);
    if (!end) throw new Error('No place has so many suppressions.');
    cursor = cursorOf(end);
  }
}
