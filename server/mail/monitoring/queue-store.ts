import type { Knex } from 'knex';
import type { Lane } from '../routing/policy.ts';
import { utc } from '../shared/time.ts';

/** How long what is due on a stream has been waiting. */
export interface QueueAge {
  stream: string;
  lane: Lane;
  ageMs: number;
}

// The oldest of a lane are looked at, not all of it: behind a thousand that wait, nobody waits longer.
const looked = 1000;

/** The age of the oldest due message of each stream, oldest first. */
export async function queueAges(db: Knex, now: Date): Promise<QueueAge[]> {
  const ages = await Promise.all(
    (['transactional', 'bulk'] as const).map(async lane => {
      const [rows]: { stream: string; due_at: Date }[][] = await db.raw(queueSql, [lane, utc(now)]);
      const oldest = new Map<string, Date>();
      for (const { stream, due_at } of rows ?? []) if (!oldest.has(stream)) oldest.set(stream, due_at);
      return [...oldest].map(([stream, due]) => ({ stream, lane, ageMs: now.getTime() - due.getTime() }));
    }),
  );
  return ages.flat().sort((a, b) => b.ageMs - a.ageMs);
}

/** The oldest of a lane's queue, by the index that claims go by. */
const queueSql = `SELECT stream, due_at FROM postlane_messages FORCE INDEX (messages_due)
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
