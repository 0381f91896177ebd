import { columns, type Known, type Selected } from '../../../db/columns.ts';
import type { Db, Trx } from '../../../db/connect.ts';
import type { EventsRow } from '../../../db/rows.ts';
import type { EventKind, EventSource } from '../providers/event.ts';

const event = columns<Known<EventsRow, { kind: EventKind; source: EventSource }>>()('e', [
  'id',
  'factKey',
  'kind',
  'source',
  'providerMessageId',
  'stream',
  'recipient',
  'occurredAt',
  'receivedAt',
  'details',
  'raw',
  'rawMarks',
]);

/** A stored event that names its message by the provider's id alone. */
export type WaitingEvent = Omit<Selected<typeof event>, 'id'> & { id: string; provider: string };

/**
 * Attempts by the provider's ids of them. It waits for whoever is writing such an id, and lets nobody write one before this
 * transaction ends: of an event and the learning of its id at the same time, one sees the other.
 */
export async function attemptsNamed(trx: Trx, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const [rows]: { id: string; providerMessageId: string }[][] = await trx.raw(
    `SELECT id, provider_message_id AS providerMessageId FROM postlane_attempts
     WHERE provider_message_id IN (?) LOCK IN SHARE MODE`,
    [[...ids]],
  );
  return new Map((rows ?? []).map(({ id, providerMessageId }) => [providerMessageId, id]));
}

/** Events that wait for a message with one of these ids, held until the transaction ends; `most` of them. */
export async function waitingFor(trx: Trx, ids: readonly string[], most: number): Promise<WaitingEvent[]> {
  if (ids.length === 0) return [];
  const rows = await trx('postlane_unmatched_events as u')
    .join('postlane_events as e', 'e.id', 'u.event_id')
    .select({ ...event.aliases, provider: 'u.provider' })
    .whereIn('u.provider_message_id', [...ids])
    .orderBy('u.event_id')
    .limit(most)
    .forUpdate();
  return rows.map(row => ({ ...row, id: String(row.id) }));
}

/** Ids of the provider's that events wait for although we know them by now. */
export async function idsLearnt(db: Db, most: number): Promise<string[]> {
  const [rows]: { id: string }[][] = await db.raw(
    `SELECT DISTINCT u.provider_message_id AS id FROM postlane_unmatched_events u
     STRAIGHT_JOIN postlane_attempts a ON a.provider_message_id = u.provider_message_id
     WHERE u.provider_message_id IS NOT NULL LIMIT ?`,
    [most],
  );
  return (rows ?? []).map(({ id }) => id);
}

/** Keeps which message an event is about, and what that told of it. */
export async function matchEvent(
  trx: Trx,
  id: string,
  { messageId, stream, recipient }: { messageId: string; stream: string | null; recipient: string | null },
): Promise<void> {
  await trx('postlane_events').where({ id }).update({ message_id: messageId, stream, recipient });
  // What could not be read of it is still for people to look at.
  await trx('postlane_unmatched_events').where({ event_id: id, has_faults: 1 }).update({
    provider_message_id: null,
  });
  await trx('postlane_unmatched_events').where({ event_id: id, has_faults: 0 }).delete();
}
