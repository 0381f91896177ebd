import type { Db } from '../../../db/connect.ts';
import type { EventKind } from '../providers/event.ts';
import { utc } from '../shared/time.ts';
import type { Differences } from './comparison.ts';

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
    `INSERT INTO postlane_reconciliations (day, stream, started_at) VALUES (?, ?, ?)
     ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id), started_at = VALUES(started_at), finished_at = NULL`,
    [day, stream, utc(now)],
  );
  return result.insertId;
}

/** Signs a night off. Repairs of an earlier run of the same night stay counted. */
export async function finishReconciliation(
  db: Db,
  id: number,
  {
    bounces,
    suppressions,
    problem,
  }: { bounces: Differences; suppressions: Differences; problem: string | null },
  now: Date,
): Promise<void> {
  await db('postlane_reconciliations')
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

const columns = (db: Db) => ({
  day: db.raw("DATE_FORMAT(day, '%Y-%m-%d')"),
  stream: 'stream',
  startedAt: 'started_at',
  finishedAt: 'finished_at',
  bouncesSeen: 'bounces_seen',
  bouncesRepaired: 'bounces_repaired',
  suppressionsSeen: 'suppressions_seen',
  suppressionsRepaired: 'suppressions_repaired',
  problem: 'problem',
});

/** Nights, latest first; of one day, or of days before another, when asked for. At most 200 streams' nights. */
export async function listReconciliations(
  db: Db,
  { day, before }: { day?: string; before?: string } = {},
): Promise<Reconciliation[]> {
  const query = db('postlane_reconciliations')
    .select(columns(db))
    .orderBy([{ column: 'day', order: 'desc' }, { column: 'stream' }])
    .limit(200);
  if (day) query.where({ day });
  if (before) query.where('day', '<', before);
  return query;
}

/** The streams of the latest night. */
export async function latestReconciliations(db: Db): Promise<Reconciliation[]> {
  return db('postlane_reconciliations')
    .select(columns(db))
    .where('day', db('postlane_reconciliations').max('day'))
    .orderBy('stream');
}

/** What the night found missing on a stream: reports that came by it alone, in order. */
export async function repairsOf(
  db: Db,
  night: { stream: string; startedAt: Date; finishedAt: Date | null },
  limit: number,
): Promise<Repair[]> {
  // Told the index: by time alone it would read all that came meanwhile.
  return db(db.raw('postlane_events FORCE INDEX (events_repairs)'))
    .select({
      kind: 'kind',
      recipient: 'recipient',
      messageId: 'message_id',
      occurredAt: 'occurred_at',
      receivedAt: 'received_at',
    })
    .where({ source: 'reconciliation', stream: night.stream })
    .where('received_at', '>=', utc(night.startedAt))
    .where('received_at', '<=', utc(night.finishedAt ?? new Date(night.startedAt.getTime() + 6 * 3_600_000)))
    .orderBy('received_at')
    .limit(limit);
}

/** A report that only the night brought. */
export interface Repair {
  kind: EventKind;
  recipient: string | null;
  messageId: string | null;
  occurredAt: Date;
  receivedAt: Date;
}
