import type { Knex } from 'knex';
import { v7 as newId } from 'uuid';
import type { Db } from '../../../db/connect.ts';
import { isDuplicate } from '../../../db/error-codes.ts';
import { retryOnLockConflict } from '../../../db/retry.ts';
import type { MessagesRow } from '../../../db/rows.ts';
import { loadMessages, type StoredMessage } from '../messages/load-store.ts';
import { transition } from '../messages/transitions-store.ts';
import type { Lane } from '../routing/policy.ts';
import { utc } from '../shared/time.ts';
import { inTransaction } from '../shared/transaction.ts';

/** A message leased to us: only the holder of this lease may record its result. */
export interface Claim {
  messageId: string;
  lease: string;
}

type DueRow = Pick<MessagesRow, 'id' | 'attempt_count' | 'stream' | 'transport'>;

/** Which due messages to claim. */
interface DueSelection {
  lane: Lane;
  /** Those that this process has: mail of a server that only others know is left to them. */
  transports: readonly string[];
  limit: number;
  now: Date;
}

/**
 * Takes up to `limit` due messages of a lane, oldest due first: sets them to sending, leased until `leaseEnd`,
 * and writes an attempt for each before anybody touches the network. Rows that others hold are passed over.
 */
export async function claimDue(db: Db, due: DuePage): Promise<Claim[]> {
  if (due.transports.length === 0) return [];
  try {
    return await claimPage(db, due);
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    await realignAttempts(db, due);
    return claimPage(db, due);
  }
}

type DuePage = DueSelection & { leaseEnd: Date };

function claimPage(db: Db, { leaseEnd, ...selection }: DuePage): Promise<Claim[]> {
  const { now } = selection;
  return inTransaction(db, async trx => {
    const rows = await dueRows(trx, selection);
    if (rows.length === 0) return [];
    const lease = newId();
    const ids = rows.map(row => row.id);
    await transition(trx, 'claim', { ids }, { at: now, lease, dueAt: leaseEnd });
    await trx('postlane_attempts').insert(
      rows.map(row => ({
        id: newId(),
        message_id: row.id,
        number: row.attempt_count + 1,
        stream: row.stream,
        transport: row.transport,
        created_at: utc(now),
      })),
    );
    return ids.map(messageId => ({ messageId, lease }));
  });
}

/** A message that counts fewer attempts than it has would be refused its next one, and its page with it. */
async function realignAttempts(db: Db, { lane, transports, limit, now }: DuePage): Promise<void> {
  // Not passed over where another process holds them: it is about to be refused as well, and gives them back.
  const ids: string[] = await db('postlane_messages')
    .where({ state: 'queued', lane })
    .whereIn('transport', [...transports])
    .where('due_at', '<=', utc(now))
    .orderBy(['due_at', 'id'])
    .limit(limit)
    .pluck('id');
  if (ids.length === 0) return;
  await retryOnLockConflict(() =>
    db.raw(
      `UPDATE postlane_messages m
       JOIN (SELECT message_id, MAX(number) AS number FROM postlane_attempts WHERE message_id IN (?) GROUP BY message_id) a
         ON a.message_id = m.id
       SET m.attempt_count = a.number WHERE m.attempt_count < a.number`,
      [ids],
    ),
  );
}

// All parts of the index in ascending order: with a filesort the engine would lock every candidate.
async function dueRows(trx: Knex.Transaction, due: DueSelection): Promise<DueRow[]> {
  const [rows] = await trx.raw(dueSql, [due.lane, utc(due.now), [...due.transports], due.limit]);
  return rows;
}

/** The claim query; a test checks its plan. */
export const dueSql = `SELECT id, attempt_count, stream, transport FROM postlane_messages FORCE INDEX (messages_due)
  WHERE state = 'queued' AND lane = ? AND due_at <= ? AND transport IN (?)
  ORDER BY due_at, id LIMIT ? FOR UPDATE SKIP LOCKED`;

/**
 * The last step before the network: marks the attempts of these claims as handed over and renews their leases, all
 * under one fresh lease. Returns the claims that are still ours; the others were taken over meanwhile.
 */
export async function markHandedOver(
  db: Db,
  claims: readonly Claim[],
  { now, leaseEnd }: { now: Date; leaseEnd: Date },
): Promise<Claim[]> {
  if (claims.length === 0) return [];
  const lease = newId();
  const pairs = claims.map(({ messageId, lease: held }) => [messageId, held]);
  const [result] = await retryOnLockConflict(() =>
    db.raw(
      `UPDATE postlane_messages m JOIN postlane_attempts a ON a.message_id = m.id AND a.number = m.attempt_count
     SET m.lease = ?, m.due_at = ?, a.handed_at = ?
     WHERE (m.id, m.lease) IN (${pairs.map(() => '(?, ?)').join(', ')}) AND m.state = 'sending'`,
      [lease, utc(leaseEnd), utc(now), ...pairs.flat()],
    ),
  );
  if (result.affectedRows === 2 * claims.length) return claims.map(({ messageId }) => ({ messageId, lease }));
  const ids = claims.map(({ messageId }) => messageId);
  const ours: string[] = await db('postlane_messages').whereIn('id', ids).where({ lease }).pluck('id');
  return ours.map(messageId => ({ messageId, lease }));
}

/** A message whose `due_at` has passed, with its last attempt. */
export interface Overdue {
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
  { transports, limit, now, nextAskAt }: Omit<DueSelection, 'lane'> & { nextAskAt: Date },
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

/** A message that is leased to us. */
export interface MessageToSend extends StoredMessage {
  claim: Claim;
}

/** Claimed messages in the order of their claims, without those that another process has taken over meanwhile. */
export async function loadClaimed(db: Db, claims: readonly Claim[]): Promise<MessageToSend[]> {
  const leases = new Map(claims.map(({ messageId, lease }) => [messageId, lease]));
  const loaded = await loadMessages(db, [...leases.keys()]);
  return loaded.flatMap(message => {
    const lease = leases.get(message.id);
    const isOurs = lease !== undefined && message.state === 'sending' && message.lease === lease;
    return isOurs ? [{ ...message, claim: { messageId: message.id, lease } }] : [];
  });
}
