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
