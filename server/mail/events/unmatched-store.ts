import type { Knex } from 'knex';
import { columns, type Known, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type { EventsRow, UnmatchedEventsRow } from '../../../db/rows.ts';
import type { EventKind, EventSource, ProviderEvent } from '../providers/event.ts';
import { utc } from '../shared/time.ts';

/** An event, with the message that it is about where we know it. */
interface StoredEvent {
  provider: string;
  event: ProviderEvent;
  message: object | null;
  source: EventSource;
}

/** True for what people are to look at: an event about no message that is known, or with faults. */
export function isUnmatched({ event, message, source }: StoredEvent): boolean {
  if ((event.faults ?? []).length > 0) return true;
  return message === null && (source === 'webhook' || !isAboutAddress(event));
}

/** The provider's id of the message that an event is about, where nothing else tells and we may still learn it; else null. */
export function waitsFor({ event, message }: Pick<StoredEvent, 'event' | 'message'>): string | null {
  return message === null && event.attemptId === null ? event.providerMessageId : null;
}

/** Notes such events; the many others cost nothing. */
export async function noteUnmatched(
  trx: Db,
  stored: readonly (StoredEvent & { eventId: string; at: Date })[],
): Promise<void> {
  if (stored.length === 0) return;
  const rows = stored.map(({ eventId, provider, event, message, at }) => ({
    event_id: eventId,
    provider_message_id: waitsFor({ event, message }),
    provider,
    kind: event.kind,
    has_faults: Number((event.faults ?? []).length > 0),
    faults: event.faults?.join('; ').slice(0, 1000) ?? null,
    received_at: utc(at),
  }));
  await trx('postlane_unmatched_events').insert(rows);
}

/** Rows of a provider's list of addresses name no message. */
function isAboutAddress({ attemptId, providerMessageId }: ProviderEvent): boolean {
  return attemptId === null && providerMessageId === null;
}

const event = columns<Known<EventsRow, { kind: EventKind; source: EventSource }>>()('e', [
  'id',
  'kind',
  'source',
  'stream',
  'recipient',
  'messageId',
  'occurredAt',
  'receivedAt',
]);
const note = columns<UnmatchedEventsRow>()('u', ['provider', 'faults']);

/** An event about no message that is known, or one that could not be read whole. */
export type UnmatchedEvent = Omit<Selected<typeof event>, 'id'> & Selected<typeof note> & { id: string };

/** Which of them: of a kind, or those with faults; and only those before an id. */
export interface UnmatchedFilter {
  kind?: EventKind | undefined;
  hasFaults?: boolean | undefined;
  before?: string | undefined;
}

/** The latest of them first. */
export async function listUnmatched(
  db: Db,
  { kind, hasFaults, before }: UnmatchedFilter,
  limit: number,
): Promise<UnmatchedEvent[]> {
  const end = hasFaults && before !== undefined ? await placeOf(db, before) : null;
  const rows: UnmatchedEvent[] = await db('postlane_unmatched_events as u')
    .join('postlane_events as e', 'e.id', 'u.event_id')
    .select({ ...event.aliases, ...note.aliases })
    .modify(query => {
      if (kind !== undefined) query.where('u.kind', kind);
      if (hasFaults) withFaults(query, end);
      else if (before !== undefined) query.where('u.event_id', '<', before);
    })
    .orderBy('u.event_id', 'desc')
    .limit(limit);
  return rows.map((row: UnmatchedEvent) => ({ ...row, id: String(row.id) }));
}

/** When an event came in, and which of that moment it is. */
interface Place {
  receivedAt: string;
  id: string;
}

async function placeOf(db: Db, id: string): Promise<Place | null> {
  const row: { receivedAt: string } | undefined = await db('postlane_events')
    .select({ receivedAt: db.raw('CAST(received_at AS CHAR)') })
    .where({ id })
    .first();
  return row ? { ...row, id } : null;
}

// The index of those with faults has them in order of arrival: by their ids all of them would be sorted for each page.
function withFaults(query: Knex.QueryBuilder, end: Place | null): void {
  query.where('u.has_faults', 1).orderBy('u.received_at', 'desc');
  if (!end) return;
  query
    .where('u.received_at', '<=', end.receivedAt)
    .where(row => row.where('u.received_at', '<', end.receivedAt).orWhere('u.event_id', '<', end.id));
}

/** One of them, or null. */
export async function readUnmatched(db: Db, id: string): Promise<UnmatchedEvent | null> {
  const row = await db('postlane_unmatched_events as u')
    .join('postlane_events as e', 'e.id', 'u.event_id')
    .select({ ...event.aliases, ...note.aliases })
    .where('u.event_id', id)
    .first();
  return row ? { ...row, id: String(row.id) } : null;
}

/** How many there are of a kind, counted up to `most`. */
export async function countUnmatched(db: Db, kind: EventKind, most: number): Promise<number> {
  const [[row]] = await db.raw(
    `SELECT COUNT(*) AS count FROM (SELECT 1 FROM postlane_unmatched_events WHERE kind = ? LIMIT ?) found`,
    [kind, most],
  );
  return Number(row.count);
}

/** How many with faults came in after a moment, counted up to `most`. */
export async function countWithFaults(db: Db, since: Date, most: number): Promise<number> {
  const [[row]] = await db.raw(
    `SELECT COUNT(*) AS count FROM
      (SELECT 1 FROM postlane_unmatched_events WHERE has_faults = 1 AND received_at >= ? LIMIT ?) found`,
    [utc(since), most],
  );
  return Number(row.count);
}
