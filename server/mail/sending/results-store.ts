import type { Knex } from 'knex';
import type { Db } from '../../../db/connect.ts';
import { isFaultOfRow } from '../../../db/error-codes.ts';
import { retryOnConnectionLoss, retryOnLockConflict } from '../../../db/retry.ts';
import { type AttemptWrite, stampSent, transition } from '../messages/transitions-store.ts';
import { utc } from '../shared/time.ts';
import { inTransaction } from '../shared/transaction.ts';
import type { Claim, MessageToSend } from './claims-store.ts';

/** What a message's attempt came to, and what therefore becomes of the message. */
export interface DeliveryResult {
  claim: Claim;
  attempt: AttemptResult;
  next: Next;
}

/** What becomes of a message next. */
export type Next =
  | { to: 'send' }
  | { to: 'defer' | 'loseAnswer'; dueAt: Date; reason: string }
  | { to: 'suppress' | 'fail'; reason: string };

/** The row an attempt gets. `skipped`: it was never handed over. */
export interface AttemptResult {
  id: string;
  outcome: 'accepted' | 'rejected' | 'deferred' | 'unknown' | 'skipped';
  code: string;
  answer: string;
  providerMessageId: string | null;
}

/** Why a message is not handed over, and the state that its row gets. */
export interface Skip {
  kind: 'suppressed' | 'failed';
  reason: string;
}

/** The result of a message that is not handed over. */
export function skipped(message: MessageToSend, { kind, reason }: Skip): DeliveryResult {
  const attempt: AttemptResult = {
    id: message.attemptId,
    outcome: 'skipped',
    code: kind,
    answer: reason,
    providerMessageId: null,
  };
  return { claim: message.claim, attempt, next: { to: kind === 'failed' ? 'fail' : 'suppress', reason } };
}

/**
 * Records a page of results, in one transaction unless one of them cannot be stored. Every write is fenced: a message whose lease was lost meanwhile
 * keeps the state it has; the attempt's own result is a fact and is always recorded.
 */
export async function recordResults(db: Db, results: readonly DeliveryResult[], now: Date): Promise<void> {
  try {
    await recordPage(db, results, now);
  } catch (error) {
    if (results.length <= 1 || !isFaultOfRow(error)) throw error;
    // Facts all the same: those that can be stored are, before the fault of the others is told.
    const each = await Promise.allSettled(results.map(result => recordPage(db, [result], now)));
    const failed = each.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
    if (failed) throw failed.reason;
  }
}

async function recordPage(db: Db, results: readonly DeliveryResult[], now: Date): Promise<void> {
  if (results.length === 0) return;
  const groups = groupsByEffect(results);
  const record = async (trx: Knex) => {
    await recordAttempts(
      trx,
      results.map(({ attempt }) => attempt),
      now,
    );
    for (const group of groups) await move(trx, group, now);
  };
  // Repeating it changes nothing; giving up would leave a whole page unknown.
  await retryOnConnectionLoss(async () => {
    if (groups.length === 1 && (await recordAlike(db, results, now))) return;
    await inTransaction(db, record);
  });
}

/**
 * The usual page: all are still ours and become the same, in one statement with a commit of its own. False when it did
 * not find them all so; those it found are recorded by then.
 */
async function recordAlike(db: Db, results: readonly DeliveryResult[], now: Date): Promise<boolean> {
  const { sql, bindings } = attemptColumns(results.map(({ attempt }) => attempt));
  const attempts = {
    set: `${sql}, a.settled_at = ?`,
    where: "a.outcome IS NULL AND m.state = 'sending'",
    bindings: [...bindings, utc(now)],
  };
  return (await retryOnLockConflict(() => moveAll(db, results, now, attempts))) === 2 * results.length;
}

/** Moves messages that become the very same, in one statement. Returns how many rows changed. */
async function moveAll(
  db: Knex,
  results: readonly DeliveryResult[],
  at: Date,
  attempts?: AttemptWrite,
): Promise<number> {
  const [first] = results;
  if (!first) return 0;
  const { next, claim } = first;
  const selection = { ids: results.map(({ claim: { messageId } }) => messageId), lease: claim.lease };
  switch (next.to) {
    case 'send':
      return transition(db, next.to, selection, { at }, attempts);
    case 'defer':
    case 'loseAnswer':
      return transition(db, next.to, selection, { at, dueAt: next.dueAt, reason: next.reason }, attempts);
    case 'suppress':
    case 'fail':
      return transition(db, next.to, selection, { at, reason: next.reason }, attempts);
  }
}

async function move(trx: Knex, group: readonly DeliveryResult[], now: Date): Promise<void> {
  const moved = await moveAll(trx, group, now);
  if (group[0]?.next.to !== 'send' || moved === group.length) return;
  await stampSent(
    trx,
    group.map(({ claim }) => claim.messageId),
    now,
  );
}

// Messages that get the same new values move in one statement.
function groupsByEffect(results: readonly DeliveryResult[]): DeliveryResult[][] {
  const groups = new Map<string, DeliveryResult[]>();
  for (const result of results) {
    const key = JSON.stringify([result.next, result.claim.lease]);
    const group = groups.get(key);
    if (group) group.push(result);
    else groups.set(key, [result]);
  }
  return [...groups.values()];
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
    code: attempts.map(({ code }) => code.replace(/[^ -~]/g, '?').slice(0, 64)),
    answer: attempts.map(({ answer }) => answer.slice(0, 1000)),
    provider_message_id: attempts.map(({ providerMessageId }) => storable(providerMessageId)),
  };
  const ids = attempts.map(({ id }) => id);
  const changes = Object.entries(columns).map(([column, values]) => assignment(column, ids, values));
  return {
    sql: changes.map(({ sql }) => sql).join(', '),
    bindings: changes.flatMap(({ bindings }) => bindings),
  };
}

// An id that the column cannot hold must not cost the fact that it came with.
function storable(providerMessageId: string | null): string | null {
  return providerMessageId !== null && /^[ -~]{1,64}$/.test(providerMessageId) ? providerMessageId : null;
}

/** One value for all where they are equal, as in most pages; else one for each. */
function assignment(column: string, ids: readonly string[], values: readonly (string | null)[]) {
  const [first = null] = values;
  if (values.every(value => value === first)) return { sql: `a.${column} = ?`, bindings: [first] };
  return {
    sql: `a.${column} = CASE a.id ${ids.map(() => 'WHEN ? THEN ?').join(' ')} END`,
    bindings: ids.flatMap((id, i) => [id, values[i] ?? null]),
  };
}

/** Fails a message that cannot be worked on, unless it was handed over or taken over meanwhile. */
export async function failClaimed(
  db: Db,
  { messageId, lease }: Claim,
  reason: string,
  at: Date,
): Promise<void> {
  const selection = { ids: [messageId], lease };
  const attempts = {
    set: "a.outcome = 'skipped', a.code = 'failed', a.answer = ?, a.settled_at = ?",
    bindings: [reason.slice(0, 1000), utc(at)],
  };
  const moved = await transition(db, 'fail', selection, { at, reason }, attempts);
  // Its attempt may be what is missing.
  if (moved === 0) await transition(db, 'fail', selection, { at, reason });
}

/**
 * Returns claimed messages of campaigns that were stopped: held where the campaign is paused, cancelled where it is
 * cancelled, and back into the queue where it goes on again.
 */
export async function stopClaimed(db: Db, messages: readonly MessageToSend[], now: Date): Promise<void> {
  if (messages.length === 0) return;
  await inTransaction(db, async trx => {
    // Locked: a resume happens either before, and is seen here, or after, and includes these messages.
    const campaigns: { id: string; state: string }[] = await trx('postlane_campaigns')
      .select('id', 'state')
      .whereIn('id', [...new Set(messages.map(({ campaignId }) => campaignId))])
      .orderBy('id')
      .forShare();
    for (const { id, state } of campaigns) {
      const its = messages.filter(({ campaignId }) => campaignId === id);
      await recordAttempts(trx, its.map(stoppedAttempt), now);
      for (const { claim } of its) await stopOne(trx, claim, state, now);
    }
  });
}

function stoppedAttempt({ attemptId }: MessageToSend): AttemptResult {
  const answer = 'The campaign was stopped.';
  return { id: attemptId, outcome: 'skipped', code: 'stopped', answer, providerMessageId: null };
}

async function stopOne(trx: Knex, { messageId, lease }: Claim, campaign: string, at: Date): Promise<void> {
  const selection = { ids: [messageId], lease };
  if (campaign === 'paused') await transition(trx, 'holdClaimed', selection, { at });
  else if (campaign === 'cancelled') await transition(trx, 'cancelClaimed', selection, { at });
  else await transition(trx, 'returnClaimed', selection, { at, dueAt: at });
}
