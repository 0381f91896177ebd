import type { Knex } from 'knex';
import { columns, type Known, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type { AttemptsRow } from '../../../db/rows.ts';
import type { MessageState } from '../messages/states.ts';
import type { Lane } from '../routing/policy.ts';
import { utc } from '../shared/time.ts';

/** How long due messages of a stream have been waiting. */
export interface QueueAge {
  stream: string;
  lane: Lane;
  ageMs: number;
}

// Only the oldest of a lane are read: nothing behind them has waited longer.
const looked = 1000;

/** The age of the oldest due message of each stream, oldest first. */
export async function queueAges(db: Knex, now: Date): Promise<QueueAge[]> {
  const oldest = new Map<string, QueueAge>();
  for (const { stream, lane, ageMs } of await oldestDue(db, now)) {
    const key = `${lane} ${stream}`;
    if (!oldest.has(key)) oldest.set(key, { stream, lane, ageMs });
  }
  return [...oldest.values()].sort((a, b) => b.ageMs - a.ageMs);
}

/** A message that is due. */
interface DueMessage extends QueueAge {
  id: string;
  category: string;
  transport: string;
}

/** The oldest due messages, of each lane in turn. */
export async function oldestDue(db: Knex, now: Date): Promise<DueMessage[]> {
  const found = await Promise.all(
    (['transactional', 'bulk'] as const).map(async lane => {
      const [rows] = await db.raw(queueSql, [lane, utc(now)]);
      const due: (Omit<DueMessage, 'lane' | 'ageMs'> & { due_at: Date })[] = rows;
      return due.map(({ due_at, ...of }) => ({ ...of, lane, ageMs: now.getTime() - due_at.getTime() }));
    }),
  );
  return found.flat();
}

/** The oldest of a lane's queue, by the same index as claims. */
const queueSql = `SELECT id, category, stream, transport, due_at FROM postlane_messages FORCE INDEX (messages_due)
  WHERE state = 'queued' AND lane = ? AND due_at <= ? ORDER BY due_at, id LIMIT ${looked}`;

/** Keeps the worst age of each stream in this hour. */
export async function keepQueueAges(db: Knex, hour: Date, ages: readonly QueueAge[]): Promise<void> {
  if (ages.length === 0) return;
  await db.raw(
    `INSERT INTO postlane_hourly_queue_ages (hour, stream, age_ms) VALUES ${ages.map(() => '(?, ?, ?)').join(', ')}
     ON DUPLICATE KEY UPDATE age_ms = GREATEST(age_ms, VALUES(age_ms))`,
    ages.flatMap(({ stream, ageMs }) => [utc(hour), stream, ageMs]),
  );
}

/** How many messages are in a state, counted up to `limit`. */
export async function countUpTo(db: Db, state: MessageState, limit: number): Promise<number> {
  const [[row]] = await db.raw(countUpToSql, [state, limit]);
  return Number(row.count);
}

/** Never counts further than it has to. */
const countUpToSql = `SELECT COUNT(*) AS count FROM
  (SELECT 1 FROM postlane_messages FORCE INDEX (messages_state) WHERE state = ? LIMIT ?) found`;

/** When the oldest message in a state was accepted; null when there is none. */
export async function oldestIn(db: Db, state: MessageState): Promise<Date | null> {
  const [rows]: { at: Date }[][] = await db.raw(oldestInSql, [state]);
  return rows?.[0]?.at ?? null;
}

/** Ids are in order of acceptance, so the index leads to it. */
const oldestInSql = `SELECT created_at AS at FROM postlane_messages FORCE INDEX (messages_state)
  WHERE state = ? ORDER BY id LIMIT 1`;

const settled = columns<Known<AttemptsRow, { outcome: string; settled_at: Date }>>()('a', [
  'transport',
  'outcome',
  'answer',
  'settledAt',
]);

/** The latest settled attempts, newest first. */
export async function latestAttempts(db: Db, limit: number): Promise<Selected<typeof settled>[]> {
  const [rows] = await db.raw(
    `SELECT * FROM (SELECT ${settled.sql} FROM postlane_attempts a ORDER BY a.id DESC LIMIT ?) latest
     WHERE outcome IS NOT NULL AND outcome <> 'skipped'`,
    [limit],
  );
  return rows;
}
