import type { Knex } from 'knex';
import type { Db } from '../../../db/connect.ts';
import { transition } from '../messages/transitions-store.ts';
import type { Lane } from '../routing/policy.ts';
import { utc } from '../shared/time.ts';
import { inTransaction } from '../shared/transaction.ts';

/** A message whose `due_at` has passed, with its last attempt. */
interface Overdue {
  messageId: string;
  /** Null when the attempt that it counts is not there: then nobody can be asked about it. */
  attemptId: string | null;
  attempts: number;
  category: string;
  stream: string;
  transport: string;
  createdAt: Date;
  /** Null when the attempt was never handed over. */
  handedAt: Date | null;
}

/**
 * Ends leases that ran out: an attempt that was never handed over is given back to the queue at once, one that was
 * becomes unknown and is looked up from `askAt` on. Returns how many it found.
 */
export async function endLostLeases(
  db: Db,
  { limit, now, askAt }: { limit: number; now: Date; askAt: Date },
): Promise<number> {
  return inTransaction(db, async trx => {
    const lost = await lockOverdue(trx, 'sending', { limit, now });
    const unsent = lost.filter(({ handedAt }) => handedAt === null).map(({ messageId }) => messageId);
    const handedOver = lost.filter(({ handedAt }) => handedAt !== null).map(({ messageId }) => messageId);
    if (unsent.length > 0) {
      const attempts = settled('skipped', 'lease-lost', now);
      const change = { at: now, dueAt: now };
      await transition(trx, 'expireUnsent', { ids: unsent }, change, attempts);
      const withoutAttempt = lost
        .filter(({ attemptId }) => attemptId === null)
        .map(({ messageId }) => messageId);
      if (withoutAttempt.length > 0) await transition(trx, 'expireUnsent', { ids: withoutAttempt }, change);
    }
    if (handedOver.length > 0) {
      const change = { at: now, dueAt: askAt, reason: 'process lost' };
      const attempts = settled('unknown', 'process-lost', now);
      await transition(trx, 'expireHandedOver', { ids: handedOver }, change, attempts);
    }
    return lost.length;
  });
}

function settled(outcome: 'skipped' | 'unknown', code: string, now: Date) {
  return { set: 'a.outcome = ?, a.code = ?, a.settled_at = ?', bindings: [outcome, code, utc(now)] };
}

/** A message whose last attempt has no known outcome. */
export type UnknownMessage = Omit<Overdue, 'handedAt' | 'createdAt' | 'attemptId'> & {
  /** Empty when it is not recorded. */
  attemptId: string;
  handedAt: Date;
};

/**
 * Takes unknowns of these transports whose next search is due and moves that search to `nextAskAt`, so that no one else
 * asks meanwhile.
 */
export async function claimUnknown(
  db: Db,
  {
    transports,
    limit,
    now,
    nextAskAt,
  }: { transports: readonly string[]; limit: number; now: Date; nextAskAt: Date },
): Promise<UnknownMessage[]> {
  if (transports.length === 0) return [];
  return inTransaction(db, async trx => {
    const rows = await lockOverdue(trx, 'unknown', { limit, now, transports });
    if (rows.length === 0) return [];
    const ids = rows.map(({ messageId }) => messageId);
    await trx('postlane_messages')
      .whereIn('id', ids)
      .update({ due_at: utc(nextAskAt) });
    return rows.map(({ attemptId, createdAt, handedAt, ...row }) => ({
      ...row,
      attemptId: attemptId ?? '',
      handedAt: handedAt ?? createdAt,
    }));
  });
}

/** Ends the search without an answer: the message stays unknown, for an operator to decide. */
export async function endSearch(db: Db, id: string, attempt: number, reason: string): Promise<void> {
  await db('postlane_messages')
    .where({ id, state: 'unknown', attempt_count: attempt })
    .update({ due_at: null, lease: null, reason });
}

const lanes: readonly Lane[] = ['transactional', 'bulk'];

/** Locks messages of a state that are due: transactional ones first, oldest first; what others hold is passed over. */
async function lockOverdue(
  trx: Knex.Transaction,
  state: 'sending' | 'unknown',
  { limit, now, transports }: { limit: number; now: Date; transports?: readonly string[] },
): Promise<Overdue[]> {
  const found: Overdue[] = [];
  const sql = overdueSql(transports ? 'AND m.transport IN (?)' : '');
  for (const lane of lanes) {
    if (found.length === limit) break;
    const bindings = [state, lane, utc(now), ...(transports ? [[...transports]] : []), limit - found.length];
    const [rows] = await trx.raw(sql, bindings);
    found.push(...rows);
  }
  return found;
}

// Lane by lane in the order of the index: with a filesort the engine would read and lock every candidate.
const overdueSql = (and: string) => `SELECT m.id AS messageId, a.id AS attemptId, m.attempt_count AS attempts,
    m.category, COALESCE(a.stream, m.stream) AS stream, COALESCE(a.transport, m.transport) AS transport,
    COALESCE(a.created_at, m.created_at) AS createdAt, a.handed_at AS handedAt
  FROM postlane_messages m FORCE INDEX (messages_due)
  LEFT JOIN postlane_attempts a ON a.message_id = m.id AND a.number = m.attempt_count
  WHERE m.state = ? AND m.lane = ? AND m.due_at <= ? ${and}
  ORDER BY m.due_at, m.id LIMIT ? FOR UPDATE SKIP LOCKED`;
