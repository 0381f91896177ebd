import type { Db } from '../../../db/connect.ts';
import type { EventKind } from '../providers/event.ts';
import { utc } from '../shared/time.ts';

/** What was seen in one of the provider's lists, and how much of it was missing in ours. */
export interface Differences {
  seen: number;
  repaired: number;
  /** Rows that are not what the provider documents, and were passed over. */
  unreadable: number;
}

/** Nothing so far. */
export function noDifferences(): Differences {
  return { seen: 0, repaired: 0, unreadable: 0 };
}

/** What became of one stream. */
export interface StreamResult {
  bounces: Differences;
  suppressions: Differences;
  problem: string | null;
}

/** One day of one stream. */
export interface ReconciliationRun {
  /** The day that was compared, `YYYY-MM-DD` UTC. */
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

/** Begins the run of a day and stream, again when there was one before. Returns its id. */
export async function startReconciliation(db: Db, day: string, stream: string, now: Date): Promise<number> {
  const [result] = await db.raw(
    `INSERT INTO postlane_reconciliations (day, stream, started_at) VALUES (?, ?, ?)
     ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id), started_at = VALUES(started_at), finished_at = NULL`,
    [day, stream, utc(now)],
  );
  return result.insertId;
}

/** Ends a run. Repairs of an earlier one of the same day stay counted. */
export async function finishReconciliation(
  db: Db,
  id: number,
  { bounces, suppressions, problem }: StreamResult,
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

/** Runs, latest first; of one day, or of days before another, when asked for. At most 200. */
export async function listReconciliations(
  db: Db,
  { day, before }: { day?: string; before?: string } = {},
): Promise<ReconciliationRun[]> {
  const query = db('postlane_reconciliations')
    .select(columns(db))
    .orderBy([{ column: 'day', order: 'desc' }, { column: 'stream' }])
    .limit(200);
  if (day) query.where({ day });
  if (before) query.where('day', '<', before);
  return query;
}

/** The streams of the latest day. */
export async function latestReconciliations(db: Db): Promise<ReconciliationRun[]> {
  return db('postlane_reconciliations')
    .select(columns(db))
    .where('day', db('postlane_reconciliations').max('day'))
    .orderBy('stream');
}

/** What a run found missing on a stream: events that came by it alone, in order. */
export async function repairsOf(
  db: Db,
  run: { stream: string; startedAt: Date; finishedAt: Date | null },
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
    .where({ source: 'reconciliation', stream: run.stream })
    .where('received_at', '>=', utc(run.startedAt))
    .where('received_at', '<=', utc(run.finishedAt ?? new Date(run.startedAt.getTime() + 6 * 3_600_000)))
    .orderBy('received_at')
    .limit(limit);
}

/** An event that only a run brought. */
export interface Repair {
  kind: EventKind;
  recipient: string | null;
  messageId: string | null;
  occurredAt: Date;
  receivedAt: Date;
}
