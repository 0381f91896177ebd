import { hash } from 'node:crypto';
import type { Knex } from 'knex';
import { columns, type Known, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type { EventsRow } from '../../../db/rows.ts';
import { oneByOne, type Statement, type Trip } from '../../../db/together.ts';
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

/** The message an event is about: by our id in its metadata, else by the provider's id. */
export async function findMessageOf(db: Knex, event: ProviderEvent): Promise<ReportedMessage | null> {
  const { messages } = await lookUp(oneByOne(db), [event], []);
  return messages[0] ?? null;
}

/** What is known when events come in. */
export interface KnownOfEvents {
  /** The message of each event. */
  messages: (ReportedMessage | null)[];
  /** Of the keys asked for, those of facts that are stored. */
  facts: Set<string>;
}

/** The messages of events, in their order, and which of these facts are stored: in one query, which every event waits for. */
export async function lookUp(
  read: Trip,
  events: readonly ProviderEvent[],
  factKeys: readonly string[],
): Promise<KnownOfEvents> {
  const ours = definedIds(events, ({ attemptId }) => attemptId);
  const theirs = definedIds(events, ({ attemptId, providerMessageId }) =>
    attemptId ? null : providerMessageId,
  );
  const parts = [
    ...(ours.length > 0 ? [{ sql: attemptsBy('id'), of: ours }] : []),
    ...(theirs.length > 0 ? [{ sql: attemptsBy('provider_message_id'), of: theirs }] : []),
    ...(factKeys.length > 0 ? [{ sql: factsSql, of: factKeys }] : []),
  ];
  if (parts.length === 0) return { messages: events.map(() => null), facts: new Set() };
  const sql = parts.map(part => part.sql).join(' UNION ALL ');
  const [rows] = (await read([{ sql, values: parts.map(({ of }) => [...of]) }])) as FoundRow[][];
  const found = {
    id: new Map<string, ReportedMessage>(),
    provider_message_id: new Map<string, ReportedMessage>(),
  };
  const facts = new Set<string>();
  for (const { what, found: key, latest, hasRun, ...message } of rows ?? []) {
    if (what === 'fact') facts.add(key);
    else found[what].set(key, { ...message, latest: Number(latest) === 1, hasRun: Number(hasRun) === 1 });
  }
  const messages = events.map(({ attemptId, providerMessageId }) =>
    attemptId
      ? (found.id.get(attemptId) ?? null)
      : (found.provider_message_id.get(providerMessageId ?? '') ?? null),
  );
  return { messages, facts };
}

type FoundRow = Omit<ReportedMessage, 'latest' | 'hasRun'> & {
  what: 'id' | 'provider_message_id' | 'fact';
  found: string;
  latest: number | string;
  hasRun: number | string;
};

const attemptsBy = (column: 'id' | 'provider_message_id') =>
  `SELECT '${column}' AS what, a.${column} AS found, m.id AS id, m.recipient AS recipient, a.stream AS stream,
     a.id AS attemptId, a.provider_message_id AS providerMessageId, a.number = m.attempt_count AS latest,
     f.address IS NOT NULL AS hasRun
   FROM postlane_attempts a JOIN postlane_messages m ON m.id = a.message_id
   LEFT JOIN postlane_suppression_fences f ON f.address = m.recipient AND f.stream = ''
   WHERE a.${column} IN (?)`;

const factsSql = `SELECT 'fact' AS what, e.fact_key AS found, '' AS id, '' AS recipient, '' AS stream, '' AS attemptId,
     NULL AS providerMessageId, 0 AS latest, 0 AS hasRun
   FROM postlane_events e WHERE e.fact_key IN (?)`;

function definedIds(
  events: readonly ProviderEvent[],
  idOf: (event: ProviderEvent) => string | null,
): string[] {
  return [...new Set(events.flatMap(event => idOf(event) ?? []))];
}

/** The transport of the attempt that an event is about; null when it is about none of ours. */
export async function transportOfAttempt(
  db: Db,
  { attemptId, providerMessageId }: ProviderEvent,
): Promise<string | null> {
  if (!attemptId && !providerMessageId) return null;
  const by = attemptId ? { id: attemptId } : { provider_message_id: providerMessageId };
  const row = await db('postlane_attempts').where(by).first('transport');
  return row?.transport ?? null;
}

/** Everybody a message was written to, as it was addressed; empty once its content is purged. */
export async function addresseesOf(db: Db, messageId: string): Promise<string[]> {
  const row = await db('postlane_message_contents').where({ message_id: messageId }).first('content');
  const { to = [], cc = [], bcc = [] } = row ? JSON.parse(row.content) : {};
  return [...to, ...cc, ...bcc].map(({ email }: { email: string }) => email);
}

/** The message that a report is about; `latest` when it is about its last attempt. */
export interface ReportedMessage {
  id: string;
  recipient: string;
  /** Where its attempt went out. */
  stream: string;
  attemptId: string;
  /** As we know it; see {@link learnProviderId}. */
  providerMessageId: string | null;
  latest: boolean;
  /** Whether mail to its recipient was ever turned away for now. */
  hasRun: boolean;
}

/** Keeps the provider's id of an attempt handed over by SMTP, which told us none. */
export async function learnProviderId(db: Knex, attemptId: string, providerMessageId: string): Promise<void> {
  await db('postlane_attempts')
    .where({ id: attemptId })
    .whereNull('provider_message_id')
    .update({ provider_message_id: providerMessageId });
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
