import type { Knex } from 'knex';
import type { Lane } from '../routing/policy.ts';
import { utc } from '../shared/utc.ts';

/** A message whose moment has come, with its last attempt. */
export interface Overdue {
  messageId: string;
  attemptId: string;
  attempts: number;
  category: string;
  stream: string;
  transport: string;
  createdAt: Date;
  /** Null when the attempt never left the house. */
  handedAt: Date | null;
}

const lanes: readonly Lane[] = ['transactional', 'bulk'];

/** Locks messages of a state that are due: transactional ones first, oldest first; what others hold is passed over. */
export async function lockOverdue(
  trx: Knex.Transaction,
  state: 'sending' | 'unknown',
  { limit, now }: { limit: number; now: Date },
): Promise<Overdue[]> {
  const found: Overdue[] = [];
  for (const lane of lanes) {
    if (found.length === limit) break;
    const [rows] = await trx.raw(overdueSql, [state, lane, utc(now), limit - found.length]);
    found.push(...rows);
  }
  return found;
}

// Lane by lane in the order of the index: with a filesort the engine would read and lock every candidate.
const overdueSql = `SELECT m.id AS messageId, a.id AS attemptId, m.attempt_count AS attempts, m.category, a.stream,
    a.transport, a.created_at AS createdAt, a.handed_at AS handedAt
  FROM postlane_messages m FORCE INDEX (messages_due)
  STRAIGHT_JOIN postlane_attempts a ON a.message_id = m.id AND a.number = m.attempt_count
  WHERE m.state = ? AND m.lane = ? AND m.due_at <= ?
  ORDER BY m.due_at, m.id LIMIT ? FOR UPDATE SKIP LOCKED`;
