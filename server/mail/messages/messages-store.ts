import type { Knex } from 'knex';
import type { Route } from '../routing/policy.ts';
import type { MessageContent } from '../sending/load-store.ts';
import type { Fingerprint } from '../shared/fingerprint.ts';
import { utc } from '../shared/utc.ts';
import { type MessageState, transitions } from './states.ts';

/** A message about to be inserted. */
export interface NewMessage {
  id: string;
  /** Present when the inserting process hands it over itself: the message is born leased, with an attempt. */
  attempt: { id: string; lease: string; leaseEnd: Date } | null;
  dueAt: Date;
  route: Route;
  templateVersionId: number;
  campaignId: string | null;
  topic: string | null;
  /** Lower-cased address. */
  recipient: string;
  recipientName: string | null;
  locale: string | null;
  tag: string | null;
  idempotencyKey: string | null;
  fingerprint: Fingerprint | null;
  expiresAt: Date | null;
  /** Null for a campaign's message, whose content is its recipient's row. */
  content: MessageContent | null;
  createdAt: Date;
}

/** Inserts messages with their contents and first attempts. */
export async function insertMessages(trx: Knex, messages: readonly NewMessage[]): Promise<void> {
  await trx('postlane_messages').insert(messages.map(messageRow));
  const contents = messages.flatMap(({ id, content }) =>
    content ? [{ message_id: id, content: JSON.stringify(content) }] : [],
  );
  if (contents.length > 0) await trx('postlane_message_contents').insert(contents);
  const attempts = messages.flatMap(message =>
    message.attempt ? [attemptRow(message, message.attempt.id)] : [],
  );
  if (attempts.length > 0) await trx('postlane_attempts').insert(attempts);
}

function messageRow(message: NewMessage) {
  const { route, attempt } = message;
  return {
    id: message.id,
    state: attempt ? 'sending' : 'queued',
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
    idempotency_key: message.idempotencyKey,
    fingerprint: message.fingerprint && JSON.stringify(message.fingerprint),
    expires_at: utc(message.expiresAt),
    created_at: utc(message.createdAt),
  };
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

/** The message accepted earlier under this key, with the fingerprint of its request. */
export async function findByIdempotencyKey(
  db: Knex,
  key: string,
): Promise<{ id: string; state: MessageState; fingerprint: Fingerprint } | null> {
  // In the caller's REPEATABLE READ transaction a plain read could miss the row that just refused our insert.
  const row = await db('postlane_messages')
    .select('id', 'state', 'fingerprint')
    .where({ idempotency_key: key })
    .forShare()
    .first();
  return row ? { id: row.id, state: row.state, fingerprint: JSON.parse(row.fingerprint) } : null;
}

/** The state of one message, or null. */
export async function stateOf(db: Knex, id: string): Promise<MessageState | null> {
  const [state = null] = await statesOf(db, [id]);
  return state;
}

/** The states of messages, in their order; null for one that is not there. */
export async function statesOf(db: Knex, ids: readonly string[]): Promise<(MessageState | null)[]> {
  const rows: { id: string; state: MessageState }[] = await db('postlane_messages')
    .select('id', 'state')
    .whereIn('id', ids);
  const states = new Map(rows.map(({ id, state }) => [id, state]));
  return ids.map(id => states.get(id) ?? null);
}

/** An operator or caller withdraws a message that has not left. False when it is too late. */
export async function cancelMessage(db: Knex, id: string, now: Date): Promise<boolean> {
  return moved(
    db('postlane_messages')
      .where({ id })
      .whereIn('state', transitions.cancel)
      .update({ state: 'cancelled', cancelled_at: utc(now), due_at: null }),
  );
}

/** An operator puts a message that was settled without being sent back into the queue. False when it cannot be. */
export async function retryMessage(db: Knex, id: string, now: Date): Promise<boolean> {
  return moved(
    db('postlane_messages')
      .where({ id })
      .whereIn('state', transitions.retry)
      .update({ state: 'queued', due_at: utc(now), reason: null, lease: null }),
  );
}

/**
 * Nobody can have it: the provider was asked and does not know the attempt. Back into the queue. False when the
 * message is no longer unknown for that attempt: a slow search says nothing about a later one.
 */
export async function requeueUnknown(db: Knex, id: string, attempt: number, dueAt: Date): Promise<boolean> {
  return moved(
    db('postlane_messages')
      .where({ id, attempt_count: attempt })
      .whereIn('state', transitions.requeue)
      .update({ state: 'queued', due_at: utc(dueAt), lease: null, reason: 'provably not accepted' }),
  );
}

/** The provider was asked and has this attempt: also when it was given back to the queue meanwhile, and not begun anew. */
export async function confirmSent(db: Knex, id: string, attempt: number, now: Date): Promise<boolean> {
  return moved(
    db('postlane_messages')
      .where({ id })
      .where(row => row.where('state', 'unknown').orWhere({ state: 'queued', attempt_count: attempt }))
      .update({ state: 'sent', sent_at: utc(now), due_at: null, lease: null, reason: null }),
  );
}

/** No answer can be had: it stays unknown, visible, and is asked about again at `dueAt` (never, when null). */
export async function keepUnknown(
  db: Knex,
  id: string,
  attempt: number,
  dueAt: Date | null,
  reason: string,
): Promise<boolean> {
  return moved(
    db('postlane_messages')
      .where({ id, state: 'unknown', attempt_count: attempt })
      .update({ due_at: utc(dueAt), lease: null, reason }),
  );
}

/** An unknown whose attempts are used up. */
export async function failUnknown(
  db: Knex,
  id: string,
  attempt: number,
  reason: string,
  now: Date,
): Promise<boolean> {
  return moved(
    db('postlane_messages')
      .where({ id, state: 'unknown', attempt_count: attempt })
      .update({ state: 'failed', failed_at: utc(now), due_at: null, lease: null, reason }),
  );
}

/** An effect that a provider's report has on a message. */
export type ReportedEffect = 'deliver' | 'bounce' | 'complain' | 'refuse';

const reportedState = {
  deliver: 'delivered',
  bounce: 'bounced',
  complain: 'complained',
  refuse: 'failed',
} as const satisfies Record<ReportedEffect, MessageState>;

/** Moves a message as the provider reports; false when a later stage was already reached. */
export async function applyReport(
  db: Knex,
  id: string,
  effect: ReportedEffect,
  at: Date,
  reason: string | null,
): Promise<boolean> {
  const state = reportedState[effect];
  return moved(
    db('postlane_messages')
      .where({ id })
      .whereIn('state', transitions[effect])
      .update({
        state,
        [`${state}_at`]: utc(at),
        due_at: null,
        lease: null,
        reason: reason?.slice(0, 500) ?? null,
      }),
  );
}

/** Records the first time a message was opened or clicked; the earliest report wins, whatever its order. */
export async function stampOnce(
  db: Knex,
  id: string,
  column: 'opened_at' | 'clicked_at',
  at: Date,
): Promise<void> {
  await db('postlane_messages')
    .where({ id })
    .where(row => row.whereNull(column).orWhere(column, '>', utc(at)))
    .update({ [column]: utc(at) });
}

async function moved(update: PromiseLike<number>): Promise<boolean> {
  return (await update) > 0;
}
