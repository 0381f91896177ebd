import type { Db } from '../../../db/connect.ts';
import { inTransaction } from './transaction.ts';
import { utc } from './utc.ts';

/** A message whose last attempt nobody can account for. */
export interface UnknownMessage {
  messageId: string;
  attemptId: string;
  attempts: number;
  category: string;
  stream: string;
  transport: string;
  handedAt: Date;
}

/** Takes unknowns whose next search is due and moves that search to `nextAskAt`, so that no one else asks meanwhile. */
export async function claimUnknown(
  db: Db,
  { limit, now, nextAskAt }: { limit: number; now: Date; nextAskAt: Date },
): Promise<UnknownMessage[]> {
  return inTransaction(db, async trx => {
    const [rows]: UnknownMessage[][] = await trx.raw(
      `SELECT m.id AS messageId, a.id AS attemptId, m.attempt_count AS attempts, m.category, a.stream, a.transport,
         COALESCE(a.handed_at, a.created_at) AS handedAt
       FROM messages m JOIN attempts a ON a.message_id = m.id AND a.number = m.attempt_count
       WHERE m.state = 'unknown' AND m.lane IN ('bulk', 'transactional') AND m.due_at <= ?
       ORDER BY m.due_at LIMIT ? FOR UPDATE SKIP LOCKED`,
      [utc(now), limit],
    );
    if (!rows || rows.length === 0) return [];
    await trx('messages')
      .whereIn(
        'id',
        rows.map(row => row.messageId),
      )
      .update({ due_at: utc(nextAskAt) });
    return rows;
  });
}
