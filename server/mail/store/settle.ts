import type { Knex } from 'knex';
import type { Db } from '../../../db/connect.ts';
import { transitions } from '../rules/states.ts';
import type { Claim } from './claims.ts';
import { despiteLostConnection, inTransaction } from './transaction.ts';
import { utc } from './utc.ts';

/** What a message's attempt came to, and what therefore becomes of the message. */
export interface Settlement {
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
 * Records a page of outcomes in one transaction. Every write is fenced: a message whose lease was lost meanwhile
 * keeps the state it has; the attempt's own result is a fact and is recorded all the same.
 */
export async function settle(db: Db, settlements: readonly Settlement[], now: Date): Promise<void> {
  if (settlements.length === 0) return;
  // Done twice it changes nothing, and without it a whole page would have to be looked up.
  const book = async (trx: Knex) => {
    await recordAttempts(
      trx,
      settlements.map(({ attempt }) => attempt),
      now,
    );
    for (const group of groupsByEffect(settlements)) await moveMessages(trx, group, now);
  };
  await despiteLostConnection(() => inTransaction(db, book));
}

/** Records results of attempts; an answer replaces a missing or unknown one, nothing else. */
export async function recordAttempts(
  trx: Knex,
  attempts: readonly AttemptResult[],
  now: Date,
): Promise<void> {
  const columns = {
    outcome: attempts.map(({ outcome }) => outcome),
    code: attempts.map(({ code }) => code.slice(0, 64)),
    answer: attempts.map(({ answer }) => answer.slice(0, 1000)),
    provider_message_id: attempts.map(({ providerMessageId }) => providerMessageId),
  };
  const ids = attempts.map(({ id }) => id);
  const changes = Object.entries(columns).map(([column, values]) => assignment(column, ids, values));
  await trx.raw(
    `UPDATE attempts SET ${changes.map(({ sql }) => sql).join(', ')}, settled_at = ?
     WHERE id IN (?) AND (outcome IS NULL OR outcome = 'unknown')`,
    [...changes.flatMap(({ bindings }) => bindings), utc(now), ids],
  );
}

/** One value for all where they are alike, as most of a page is; else one for each. */
function assignment(column: string, ids: readonly string[], values: readonly (string | null)[]) {
  const [first = null] = values;
  if (values.every(value => value === first)) return { sql: `${column} = ?`, bindings: [first] };
  return {
    sql: `${column} = CASE id ${ids.map(() => 'WHEN ? THEN ?').join(' ')} END`,
    bindings: ids.flatMap((id, i) => [id, values[i] ?? null]),
  };
}

// Messages that get the very same new row content move in one statement.
function groupsByEffect(settlements: readonly Settlement[]): Settlement[][] {
  const groups = new Map<string, Settlement[]>();
  for (const settlement of settlements) {
    const key = JSON.stringify([settlement.next, settlement.claim.lease]);
    const group = groups.get(key);
    if (group) group.push(settlement);
    else groups.set(key, [settlement]);
  }
  return [...groups.values()];
}

async function moveMessages(trx: Knex, group: readonly Settlement[], now: Date): Promise<void> {
  const [first] = group;
  if (!first) return;
  const { next } = first;
  const ids = group.map(({ claim }) => claim.messageId);
  const fenced = trx('messages').whereIn('id', ids).where({ state: 'sending', lease: first.claim.lease });
  switch (next.state) {
    case 'sent':
      await trx('messages')
        .whereIn('id', ids)
        .whereIn('state', transitions.send)
        .where(row => row.where('lease', first.claim.lease).orWhere('state', 'unknown'))
        .update({ state: 'sent', sent_at: utc(now), due_at: null, lease: null, reason: null });
      break;
    case 'queued':
      await fenced.update({ state: 'queued', due_at: utc(next.dueAt), lease: null, reason: next.reason });
      break;
    case 'unknown':
      await fenced.update({
        state: 'unknown',
        unknown_at: utc(now),
        due_at: utc(next.dueAt),
        lease: null,
        reason: next.reason,
      });
      break;
    case 'suppressed':
    case 'failed':
      await fenced.update({
        state: next.state,
        [`${next.state}_at`]: utc(now),
        due_at: null,
        lease: null,
        reason: next.reason.slice(0, 500),
      });
      break;
  }
}
