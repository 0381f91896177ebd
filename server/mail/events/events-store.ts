import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { columns, type Known, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import { isDuplicate } from '../../../db/error-codes.ts';
import type { EventsRow } from '../../../db/rows.ts';
import type { EventKind, EventSource, ProviderEvent } from '../providers/event.ts';
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

/** Appends an event once. Null when the same fact was stored before, from whichever source. */
export async function appendEvent(
  trx: Knex,
  { provider, event, messageId, source, now }: NewEvent,
): Promise<string | null> {
  try {
    const [id] = await trx('postlane_events').insert({
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
    });
    return String(id);
  } catch (error) {
    if (isDuplicate(error)) return null;
    throw error;
  }
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
  return createHash('sha256').update(`${provider} ${fact}`).digest('hex');
}

/** The message an event is about: by our id in its metadata, else by the provider's id. */
export async function findMessageOf(db: Knex, event: ProviderEvent): Promise<ReportedMessage | null> {
  const by = event.attemptId
    ? { 'a.id': event.attemptId }
    : event.providerMessageId
      ? { 'a.provider_message_id': event.providerMessageId }
      : null;
  if (!by) return null;
  const row = await db('postlane_attempts as a')
    .join('postlane_messages as m', 'm.id', 'a.message_id')
    .select('m.id', 'm.recipient', { latest: db.raw('a.number = m.attempt_count') })
    .where(by)
    .first();
  return row ? { ...row, latest: row.latest === 1 } : null;
}

/** The message that a report is about; `latest` when it is about its last attempt. */
export interface ReportedMessage {
  id: string;
  recipient: string;
  latest: boolean;
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
]);

/** An event as operators see it. */
export type EventView = Omit<Selected<typeof stored>, 'id' | 'details'> & {
  id: string;
  details: Record<string, string | number | boolean | null>;
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
  return { ...row, id: String(row.id), details: JSON.parse(row.details) };
}

/** An event as it was reported, JSON; null when it was purged or is not there. */
export async function readRawEvent(db: Db, id: string): Promise<string | null> {
  const row = await db('postlane_events').select('raw').where({ id }).first();
  return row?.raw ?? null;
}
