import type { Knex } from 'knex';
import type { MessagesRow } from '../../../db/rows.ts';
import type { Fingerprint } from '../shared/fingerprint.ts';
import { utc } from '../shared/time.ts';
import { metadataStart, subjectStart } from './kept-starts.ts';
import type { NewMessage } from './new-message.ts';
import { initialState, type MessageState, type Stamp } from './states.ts';

/** Inserts messages with their contents and first attempts. */
export async function insertMessages(trx: Knex, messages: readonly NewMessage[]): Promise<void> {
  await trx('postlane_messages').insert(messages.map(messageRow));
  const contents = messages.flatMap(({ id, content }) =>
    content ? [{ message_id: id, content: JSON.stringify(content) }] : [],
  );
  if (contents.length > 0) await trx('postlane_message_contents').insert(contents);
  const metadata = messages.flatMap(metadataRows);
  if (metadata.length > 0) await trx('postlane_message_metadata').insert(metadata);
  const attempts = messages.flatMap(message =>
    message.attempt ? [attemptRow(message, message.attempt.id)] : [],
  );
  if (attempts.length > 0) await trx('postlane_attempts').insert(attempts);
}

/** Removes a message that was inserted in the same transaction, with all that belongs to it. */
export async function removeMessage(trx: Knex, id: string): Promise<void> {
  await trx('postlane_messages').where({ id }).delete();
}

type Deferral = 'deferred_at' | 'deferral' | 'soft_bounces';

/** Every column but those that later statements set, or the database itself: a new one is either given or named here. */
type Inserted = Record<
  Exclude<keyof MessagesRow, Stamp | 'reason' | 'opened_at' | 'clicked_at' | Deferral | 'tag_start'>,
  unknown
>;

function messageRow(message: NewMessage) {
  const { route, attempt } = message;
  return {
    id: message.id,
    state: initialState(attempt !== null),
    lane: route.lane,
    due_at: utc(attempt ? attempt.leaseEnd : message.dueAt),
    lease: attempt?.lease ?? null,
    attempt_count: attempt ? 1 : 0,
    category: route.category,
    stream: route.stream,
    transport: route.transport,
    bucket: route.bucket,
    policy_version: route.policyVersion,
    template_version_id: message.templateVersionId,
    campaign_id: message.campaignId,
    topic: message.topic,
    recipient: message.recipient,
    recipient_name: message.recipientName,
    locale: message.locale,
    tag: message.tag,
    brand: message.brand,
    idempotency_key: message.idempotencyKey,
    idempotency_scope: message.idempotencyScope,
    fingerprint: message.fingerprint && JSON.stringify(message.fingerprint),
    subject: message.subject === null ? null : subjectStart(message.subject),
    confidential: message.confidential ? 1 : 0,
    expires_at: utc(message.expiresAt),
    created_at: utc(message.createdAt),
  } satisfies Inserted;
}

function metadataRows({ id, metadata }: NewMessage) {
  return Object.entries(metadata).map(([name, value]) => ({
    message_id: id,
    name,
    value: metadataStart(value),
  }));
}

function attemptRow({ id, route, createdAt }: NewMessage, attemptId: string) {
  return {
    id: attemptId,
    message_id: id,
    number: 1,
    stream: route.stream,
    transport: route.transport,
    created_at: utc(createdAt),
  };
}

/** The message accepted earlier under this key in its scope, with the fingerprint of its request. */
export async function findByIdempotencyKey(
  db: Knex,
  key: string,
  scope: string,
): Promise<{ id: string; state: MessageState; fingerprint: Fingerprint } | null> {
  // In the caller's REPEATABLE READ transaction a plain read could miss the row that just refused our insert.
  const row = await db('postlane_messages')
    .select('id', 'state', 'fingerprint')
    .where({ idempotency_key: key, idempotency_scope: scope })
    .forShare()
    .first();
  return row
    ? { id: row.id, state: row.state as MessageState, fingerprint: JSON.parse(row.fingerprint ?? 'null') }
    : null;
}

/** The state of one message, or null. */
export async function stateOf(db: Knex, id: string): Promise<MessageState | null> {
  const [state = null] = await statesOf(db, [id]);
  return state;
}

/** The states of messages, in their order; null for one that is not there. */
export async function statesOf(db: Knex, ids: readonly string[]): Promise<(MessageState | null)[]> {
  const rows = await db('postlane_messages').select('id', 'state').whereIn('id', ids);
  const states = new Map(rows.map(({ id, state }) => [id, state as MessageState]));
  return ids.map(id => states.get(id) ?? null);
}
