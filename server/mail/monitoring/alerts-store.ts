import type { Db } from '../../../db/connect.ts';
import type { MessageState } from '../messages/states.ts';

/** How many messages are in a state, counted up to `limit`. */
export async function countUpTo(db: Db, state: MessageState, limit: number): Promise<number> {
  const [[row]] = await db.raw(countUpToSql, [state, limit]);
  return Number(row.count);
}

/** Never counts further than it has to. */
const countUpToSql = `SELECT COUNT(*) AS count FROM
  (SELECT 1 FROM postlane_messages FORCE INDEX (messages_state) WHERE state = ? LIMIT ?) found`;

/** The latest settled attempts, newest first. */
export async function latestAttempts(
  db: Db,
  limit: number,
): Promise<{ transport: string; outcome: string; answer: string | null; settledAt: Date }[]> {
  const [rows] = await db.raw(
    `SELECT transport, outcome, answer, settled_at AS settledAt FROM
       (SELECT transport, outcome, answer, settled_at FROM postlane_attempts ORDER BY id DESC LIMIT ?) latest
     WHERE outcome IS NOT NULL AND outcome <> 'skipped'`,
    [limit],
  );
  return rows;
}
