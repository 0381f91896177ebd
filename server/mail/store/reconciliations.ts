import type { Db } from '../../../db/connect.ts';
import type { Tally } from '../rules/tally.ts';
import { utc } from './utc.ts';

/** One stream's night. */
export interface Reconciliation {
  /** The day whose books were closed, `YYYY-MM-DD` UTC. */
  day: string;
  stream: string;
  startedAt: Date;
  finishedAt: Date | null;
  bouncesSeen: number;
  bouncesRepaired: number;
  suppressionsSeen: number;
  suppressionsRepaired: number;
  problem: string | null;
}

/** Opens the books of a day and stream, anew when they were opened before. Returns their id. */
export async function startReconciliation(db: Db, day: string, stream: string, now: Date): Promise<number> {
  const [result] = await db.raw(
    `INSERT INTO reconciliations (day, stream, started_at) VALUES (?, ?, ?)
     ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id), started_at = VALUES(started_at), finished_at = NULL`,
    [day, stream, utc(now)],
  );
  return result.insertId;
}

/** Signs a night off. Repairs of an earlier run of the same night stay counted. */
export async function finishReconciliation(
  db: Db,
  id: number,
  { bounces, suppressions, problem }: { bounces: Tally; suppressions: Tally; problem: string | null },
  now: Date,
): Promise<void> {
  await db('reconciliations')
    .where({ id })
    .update({
      finished_at: utc(now),
      bounces_seen: bounces.seen,
      bounces_repaired: db.raw('bounces_repaired + ?', [bounces.repaired]),
      suppressions_seen: suppressions.seen,
      suppressions_repaired: db.raw('suppressions_repaired + ?', [suppressions.repaired]),
      problem: problem?.slice(0, 500) ?? null,
    });
}

/** Nights, latest first; of one day when asked for. */
export async function listReconciliations(db: Db, { day }: { day?: string } = {}): Promise<Reconciliation[]> {
  const query = db('reconciliations')
    .select({
      day: db.raw("DATE_FORMAT(day, '%Y-%m-%d')"),
      stream: 'stream',
      startedAt: 'started_at',
      finishedAt: 'finished_at',
      bouncesSeen: 'bounces_seen',
      bouncesRepaired: 'bounces_repaired',
      suppressionsSeen: 'suppressions_seen',
      suppressionsRepaired: 'suppressions_repaired',
      problem: 'problem',
    })
    .orderBy([{ column: 'day', order: 'desc' }, { column: 'stream' }])
    .limit(200);
  if (day) query.where({ day });
  return query;
}
