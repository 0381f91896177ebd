import type { Knex } from 'knex';
import { v7 as newId } from 'uuid';
import type { Db } from '../../../db/connect.ts';
import { retryOnLockConflict } from '../../../db/retry.ts';
import type { Lane } from '../routing/policy.ts';
import { inTransaction } from '../shared/transaction.ts';
import { utc } from '../shared/utc.ts';
import { lockOverdue, type Overdue } from './overdue-store.ts';

/** A message leased to us: whoever settles it must still hold this lease. */
export interface Claim {
  messageId: string;
  lease: string;
}

interface DueRow {
  id: string;
  attempt_count: number;
  stream: string;
  transport: string;
}

/**
 * Takes up to `limit` due messages of a lane, oldest due first: sets them to sending, leased until `leaseEnd`,
 * and writes an attempt for each before anybody touches the network. Rows that others hold are passed over.
 */
export async function claimDue(
  db: Db,
  { lane, limit, now, leaseEnd }: { lane: Lane; limit: number; now: Date; leaseEnd: Date },
): Promise<Claim[]> {
  return inTransaction(db, async trx => {
    const rows = await dueRows(trx, lane, limit, now);
    if (rows.length === 0) return [];
    const lease = newId();
    const ids = rows.map(row => row.id);
    await trx.raw(
      `UPDATE postlane_messages SET state = 'sending', lease = ?, due_at = ?, attempt_count = attempt_count + 1
       WHERE id IN (?)`,
      [lease, utc(leaseEnd), ids],
    );
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

// All parts of the index in ascending order: with a filesort the engine would lock every candidate.
async function dueRows(trx: Knex.Transaction, lane: Lane, limit: number, now: Date): Promise<DueRow[]> {
  const [rows] = await trx.raw(dueSql, [lane, utc(now), limit]);
  return rows;
}

/** The claim query; its plan has a test of its own. */
export const dueSql = `SELECT id, attempt_count, stream, transport FROM postlane_messages FORCE INDEX (messages_due)
  WHERE state = 'queued' AND lane = ? AND due_at <= ?
  ORDER BY due_at, id LIMIT ? FOR UPDATE SKIP LOCKED`;

/**
 * The gate before the network: marks the attempts of these claims as handed over and renews their leases, all
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
  const ours: { id: string }[] = await db('postlane_messages')
    .select('id')
    .whereIn(
      'id',
      claims.map(claim => claim.messageId),
    )
    .where({ lease });
  return ours.map(({ id }) => ({ messageId: id, lease }));
}

/**
 * Ends leases that ran out: an attempt that never passed the gate is given back to the queue at once, one that did
 * becomes unknown and is looked up from `askAt` on. Returns what it found.
 */
export async function endLostLeases(
  db: Db,
  { limit, now, askAt }: { limit: number; now: Date; askAt: Date },
): Promise<Overdue[]> {
  return inTransaction(db, async trx => {
    const lost = await lockOverdue(trx, 'sending', { limit, now });
    const kept = lost.filter(({ handedAt }) => handedAt === null);
    const gone = lost.filter(({ handedAt }) => handedAt !== null);
    if (kept.length > 0) {
      await trx.raw(
        `UPDATE postlane_messages m JOIN postlane_attempts a ON a.message_id = m.id AND a.number = m.attempt_count
         SET m.state = 'queued', m.due_at = ?, m.lease = NULL,
             a.outcome = 'skipped', a.code = 'lease-lost', a.settled_at = ?
         WHERE m.id IN (?)`,
        [utc(now), utc(now), kept.map(({ messageId }) => messageId)],
      );
    }
    if (gone.length > 0) {
      await trx.raw(
        `UPDATE postlane_messages m JOIN postlane_attempts a ON a.message_id = m.id AND a.number = m.attempt_count
         SET m.state = 'unknown', m.unknown_at = ?, m.due_at = ?, m.lease = NULL, m.reason = 'process lost',
             a.outcome = 'unknown', a.code = 'process-lost', a.settled_at = ?
         WHERE m.id IN (?)`,
        [utc(now), utc(askAt), utc(now), gone.map(({ messageId }) => messageId)],
      );
    }
    return lost;
  });
}
