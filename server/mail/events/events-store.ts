import { hash } from 'node:crypto';
import type { Knex } from 'knex';
import { columns, type Known, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type { EventsRow } from '../../../db/rows.ts';
import type { Statement } from '../../../db/together.ts';
import type { EventKind, EventSource, ProviderEvent, RawMark } from '../providers/event.ts';
import { utc } from '../shared/time.ts';

/** An event to be stored. */
export interface NewEvent {
  /** Key of the provider, whose facts are its own. */
  provider: string;
  event: ProviderEvent;
  messageId: string | null;
  source: EventSource;
  now: Date;
}

/** Appends events whose facts are not stored yet; fails when one of them is. */
export function appendEvents(events: readonly NewEvent[]): Statement[] {
  return statements(events.map(rowOf)).map(rows => {
    const names = Object.keys(rows[0] ?? {});
    const values = `(${names.map(() => '?').join(', ')})`;
    return {
      sql: `INSERT INTO postlane_events (${names.join(', ')}) VALUES ${rows.map(() => values).join(', ')}`,
      values: rows.flatMap(row => Object.values(row)),
    };
  });
}

/** Characters of payloads in one statement: a server takes 16 MB by default, and one payload may be 1 MB. */
const longest = 1_000_000;

function statements<Row extends { raw: string }>(rows: readonly Row[]): Row[][] {
  const found: Row[][] = [];
  let length = longest;
  for (const row of rows) {
    length += row.raw.length;
    if (length > longest) {
      found.push([]);
      length = row.raw.length;
    }
    found.at(-1)?.push(row);
  }
  return found;
}

function rowOf({ provider, event, messageId, source, now }: NewEvent) {
  return {
    fact_key: factKey(provider, event),
    kind: event.kind,
    source,
    message_id: messageId,
    attempt_id: event.attemptId,
    provider_message_id: event.providerMessageId,
    stream: event.stream,
    recipient: event.recipient,
    occurred_at: utc(event.occurredAt),
    received_at: utc(now),
    details: JSON.stringify(event.details),
    raw: event.raw,
    raw_marks: event.rawMarks?.join(',') ?? null,
  };
}

/** The ids of stored events, by the keys of their facts. */
export async function idsOfFacts(db: Knex, keys: readonly string[]): Promise<Map<string, string>> {
  if (keys.length === 0) return new Map();
  const { sql, values } = askingIds(keys);
  const [rows]: IdOfFact[][] = await db.raw(sql, values as never);
  return new Map((rows ?? []).map(({ id, fact_key }) => [fact_key, String(id)]));
}

/** The statement that asks for them. */
export function askingIds(keys: readonly string[]): Statement {
  return { sql: 'SELECT id, fact_key FROM postlane_events WHERE fact_key IN (?)', values: [[...keys]] };
}

/** A row of its answer. */
export interface IdOfFact {
  id: number | string;
  fact_key: string;
}

/** Of these events those whose facts are not stored yet. */
export async function unknownFacts(
  db: Knex,
  provider: string,
  events: readonly ProviderEvent[],
): Promise<ProviderEvent[]> {
  if (events.length === 0) return [];
  const keys = events.map(event => factKey(provider, event));
  const known = new Set<string>(await db('postlane_events').whereIn('fact_key', keys).pluck('fact_key'));
  return events.filter((_, i) => !known.has(keys[i] ?? ''));
}

/** What tells a provider's fact from all others. */
export function factKey(provider: string, { fact }: ProviderEvent): string {
  return hash('sha256', `${provider} ${fact}`);
}

const stored = columns<Known<EventsRow, { kind: EventKind; source: EventSource }>>()('postlane_events', [
  'id',
  'kind',
  'source',
  'recipient',
  'occurredAt',
  'receivedAt',
  'messageId',
  'details',
  'rawMarks',
]);

/** An event as operators see it. */
export type EventView = Omit<Selected<typeof stored>, 'id' | 'details' | 'rawMarks'> & {
  id: string;
  details: Record<string, string | number | boolean | null>;
  /** How the payload that is kept differs from what was posted. */
  rawMarks: RawMark[];
};

/** The events of a message in the order they happened. */
export async function listEvents(db: Db, messageId: string): Promise<EventView[]> {
  return eventsWith(db, query => void query.where({ message_id: messageId }).orderBy(['occurred_at', 'id']));
}

/** The events that a condition leaves. */
export async function eventsWith(db: Db, narrow: (query: Knex.QueryBuilder) => void): Promise<EventView[]> {
  const query = db('postlane_events').select(stored.aliases);
  narrow(query);
  return (await query).map(viewOf);
}

/** One event, or null. */
export async function readEvent(db: Db, id: string): Promise<EventView | null> {
  const row = await db('postlane_events').select(stored.aliases).where({ id }).first();
  return row ? viewOf(row) : null;
}

function viewOf(row: Selected<typeof stored>): EventView {
  const rawMarks = (row.rawMarks?.split(',') ?? []) as RawMark[];
  return { ...row, id: String(row.id), details: JSON.parse(row.details), rawMarks };
}

/** An event as it was reported, JSON; null when it was purged or is not there. */
export async function readRawEvent(db: Db, id: string): Promise<string | null> {
  const row = await db('postlane_events').select('raw').where({ id }).first();
  return row?.raw ?? null;
}
