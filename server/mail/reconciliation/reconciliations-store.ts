import { columns, type Known, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type { EventsRow, ReconciliationsRow } from '../../../db/rows.ts';
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

const stored = columns<ReconciliationsRow>()('postlane_reconciliations', [
  'stream',
  'startedAt',
  'finishedAt',
  'bouncesSeen',
  'bouncesRepaired',
  'suppressionsSeen',
  'suppressionsRepaired',
  'problem',
]);

/** One day of one stream. `day` is the one that was compared, `YYYY-MM-DD` UTC. */
export type ReconciliationRun = { day: string } & Selected<typeof stored>;

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

const reconciliations = (db: Db) =>
  db('postlane_reconciliations').select({
    day: db.raw("DATE_FORMAT(day, '%Y-%m-%d')"),
    ...stored.aliases,
  });

/** Runs, latest first; of one day, or of days before another, when asked for. At most 200. */
export async function listReconciliations(
  db: Db,
  { day, before }: { day?: string | undefined; before?: string | undefined } = {},
): Promise<ReconciliationRun[]> {
  const query = reconciliations(db)
    .orderBy([{ column: 'day', order: 'desc' }, { column: 'stream' }])
    .limit(200);
  if (day) query.where('day', day);
  if (before) query.where('day', '<', before);
  return query;
}

/** The streams of the latest day. */
export async function latestReconciliations(db: Db): Promise<ReconciliationRun[]> {
  return reconciliations(db).where('day', db('postlane_reconciliations').max('day')).orderBy('stream');
}

const repair = columns<Known<EventsRow, { kind: EventKind }>>()('postlane_events', [
  'kind',
  'recipient',
  'messageId',
  'occurredAt',
  'receivedAt',
]);

/** An event that only a run brought. */
export type Repair = Selected<typeof repair>;

/** What a run found missing on a stream: events that came by it alone, in order. */
export async function repairsOf(
  db: Db,
  run: { stream: string; startedAt: Date; finishedAt: Date | null },
  limit: number,
): Promise<Repair[]> {
  // Told the index: by time alone it would read all that came meanwhile.
  return db(db.raw('postlane_events FORCE INDEX (events_repairs)'))
    .select(repair.aliases)
    .where({ source: 'reconciliation', stream: run.stream })
    .where('received_at', '>=', utc(run.startedAt))
    .where('received_at', '<=', utc(run.finishedAt ?? new Date(run.startedAt.getTime() + 6 * 3_600_000)))
    .orderBy('received_at')
    .limit(limit);
}
