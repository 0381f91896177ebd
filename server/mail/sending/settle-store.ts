import type { Knex } from 'knex';
import type { Db } from '../../../db/connect.ts';
import { retryOnConnectionLoss, retryOnLockConflict } from '../../../db/retry.ts';
import { transitions } from '../messages/states.ts';
import { inTransaction } from '../shared/transaction.ts';
import { utc } from '../shared/utc.ts';
import type { Claim } from './claims-store.ts';

/** What a message's attempt came to, and what therefore becomes of the message. */
export interface DeliveryResult {
  claim: Claim;
  attempt: AttemptResult;
  next:
    | { state: 'sent' }
    | { state: 'queued'; dueAt: Date; reason: string }
    | { state: 'suppressed' | 'failed'; reason: string }
    | { state: 'unknown'; dueAt: Date; reason: string };
}

/** The row an attempt gets. `skipped`: it never left the house. */
export interface AttemptResult {
  id: string;
  outcome: 'accepted' | 'rejected' | 'deferred' | 'unknown' | 'skipped';
  code: string;
  answer: string;
  providerMessageId: string | null;
}

/**
 * Records a page of outcomes, all of it or nothing. Every write is fenced: a message whose lease was lost meanwhile
 * keeps the state it has; the attempt's own result is a fact and is recorded all the same.
 */
export async function settle(db: Db, settlements: readonly DeliveryResult[], now: Date): Promise<void> {
  if (settlements.length === 0) return;
  const groups = groupsByEffect(settlements);
  const book = async (trx: Knex) => {
    await recordAttempts(
      trx,
      settlements.map(({ attempt }) => attempt),
      now,
    );
    for (const group of groups) await moveMessages(trx, group, now);
  };
  // Done twice it changes nothing, and without it a whole page would have to be looked up.
  await retryOnConnectionLoss(async () => {
    if (groups.length === 1 && (await settleAlike(db, settlements, now))) return;
    await inTransaction(db, book);
  });
}

/**
 * The usual page: all are ours still and become the same. One statement and one commit of its own. False when it did
 * not find them all so; what it found is then settled already.
 */
async function settleAlike(db: Db, settlements: readonly DeliveryResult[], now: Date): Promise<boolean> {
  const [first] = settlements;
  if (!first) return true;
  const attempts = settlements.map(({ attempt }) => attempt);
  const results = attemptColumns(attempts);
  const change = Object.entries(messageChange(first.next, now));
  const [result] = await retryOnLockConflict(() =>
    db.raw(
      `UPDATE postlane_attempts a JOIN postlane_messages m ON m.id = a.message_id
       SET ${results.sql}, a.settled_at = ?, ${change.map(([column]) => `m.${column} = ?`).join(', ')}
       WHERE a.id IN (?) AND a.outcome IS NULL AND m.state = 'sending' AND m.lease = ?`,
      [
        ...results.bindings,
        utc(now),
        ...change.map(([, value]) => value),
        attempts.map(({ id }) => id),
        first.claim.lease,
      ],
    ),
  );
  return result.affectedRows === 2 * settlements.length;
}

/** Records results of attempts; an answer replaces a missing or unknown one, nothing else. */
export async function recordAttempts(
  trx: Knex,
  attempts: readonly AttemptResult[],
  now: Date,
): Promise<void> {
  const { sql, bindings } = attemptColumns(attempts);
  await trx.raw(
    `UPDATE postlane_attempts a SET ${sql}, a.settled_at = ?
     WHERE a.id IN (?) AND (a.outcome IS NULL OR a.outcome = 'unknown')`,
    [...bindings, utc(now), attempts.map(({ id }) => id)],
  );
}

function attemptColumns(attempts: readonly AttemptResult[]) {
  const columns = {
    outcome: attempts.map(({ outcome }) => outcome),
    code: attempts.map(({ code }) => code.slice(0, 64)),
    answer: attempts.map(({ answer }) => answer.slice(0, 1000)),
    provider_message_id: attempts.map(({ providerMessageId }) => providerMessageId),
  };
  const ids = attempts.map(({ id }) => id);
  const changes = Object.entries(columns).map(([column, values]) => assignment(column, ids, values));
  return {
    sql: changes.map(({ sql }) => sql).join(', '),
    bindings: changes.flatMap(({ bindings }) => bindings),
  };
}

/** One value for all where they are alike, as most of a page is; else one for each. */
function assignment(column: string, ids: readonly string[], values: readonly (string | null)[]) {
  const [first = null] = values;
  if (values.every(value => value === first)) return { sql: `a.${column} = ?`, bindings: [first] };
  return {
    sql: `a.${column} = CASE a.id ${ids.map(() => 'WHEN ? THEN ?').join(' ')} END`,
    bindings: ids.flatMap((id, i) => [id, values[i] ?? null]),
  };
}

// Messages that get the very same new row content move in one statement.
function groupsByEffect(settlements: readonly DeliveryResult[]): DeliveryResult[][] {
  const groups = new Map<string, DeliveryResult[]>();
  for (const settlement of settlements) {
    const key = JSON.stringify([settlement.next, settlement.claim.lease]);
    const group = groups.get(key);
    if (group) group.push(settlement);
    else groups.set(key, [settlement]);
  }
  return [...groups.values()];
}

async function moveMessages(trx: Knex, group: readonly DeliveryResult[], now: Date): Promise<void> {
  const [first] = group;
  if (!first) return;
  const { next, claim } = first;
  const messages = trx('postlane_messages').whereIn(
    'id',
    group.map(({ claim: { messageId } }) => messageId),
  );
  if (next.state === 'sent') {
    messages
      .whereIn('state', transitions.send)
      .where(row => row.where('lease', claim.lease).orWhere('state', 'unknown'));
  } else {
    messages.where({ state: 'sending', lease: claim.lease });
  }
  const moved = await messages.update(messageChange(next, now));
  if (next.state === 'sent' && moved < group.length) await noteSent(trx, group, now);
}

/** A report can come before the outcome that it is about: then the message stays where that led, and was sent all the same. */
async function noteSent(trx: Knex, group: readonly DeliveryResult[], now: Date): Promise<void> {
  await trx('postlane_messages')
    .whereIn(
      'id',
      group.map(({ claim: { messageId } }) => messageId),
    )
    .whereIn('state', ['delivered', 'bounced', 'complained'])
    .whereNull('sent_at')
    .update({ sent_at: utc(now) });
}

function messageChange(next: DeliveryResult['next'], now: Date): Record<string, string | null> {
  const settled = { due_at: null, lease: null };
  switch (next.state) {
    case 'sent':
      return { ...settled, state: 'sent', sent_at: utc(now), reason: null };
    case 'queued':
      return { lease: null, state: 'queued', due_at: utc(next.dueAt), reason: next.reason };
    case 'unknown':
      return {
        lease: null,
        state: 'unknown',
        unknown_at: utc(now),
        due_at: utc(next.dueAt),
        reason: next.reason,
      };
    case 'suppressed':
    case 'failed':
      return {
        ...settled,
        state: next.state,
        [`${next.state}_at`]: utc(now),
        reason: next.reason.slice(0, 500),
      };
  }
}
