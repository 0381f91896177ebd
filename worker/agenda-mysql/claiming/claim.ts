import type { JobParameters } from 'agenda';
import type { Database, Row, SqlValue } from '../database/database.ts';
import { toUtc } from '../database/utc.ts';
import { jobColumns, marks, toJob } from '../tables/rows.ts';
import { claimed, type Fence, withFence } from './fence.ts';
import { type QuarantinedJob, quarantine } from './quarantine.ts';

/** One batched claim: up to `limit` jobs of one name. */
export interface ClaimRequest {
  name: string;
  /** Jobs due by then are taken. */
  nextScanAt: Date;
  /** Locks this old belong to a process that died. */
  lockDeadline: Date;
  lockedAt: Date;
  lastModifiedBy: string | null;
  limit: number;
  /** Which of the two kinds to select. */
  probed: { due: boolean; stale: boolean };
  /** Quarantine a job whose handler took its process down this often; null: never. */
  poisonAfter: number | null;
}

/** What was claimed. */
export interface ClaimResult {
  jobs: JobParameters[];
  fences: Fence[];
  quarantined: QuarantinedJob[];
}

/** Locks jobs in one short transaction: stale ones first, then due ones, none that another claim is taking. */
export async function claim(db: Database, request: ClaimRequest): Promise<ClaimResult> {
  return db.transaction(async trx => {
    const stale = request.probed.stale ? await selectStale(trx, request) : [];
    const { sound, quarantined } = await quarantine(trx, stale, request);
    const due =
      request.probed.due && sound.length < request.limit ? await selectDue(trx, request, sound.length) : [];
    const rows = [...sound, ...due];
    await lock(trx, rows, request);
    const fences = rows.map(row => claimed(row, request.name, Number(row.lock_seq) + 1));
    const jobs = rows.map((row, at) => lockedJob(row, request, fences[at]));
    return { jobs, fences, quarantined };
  });
}

/** The order of due jobs: every part is in the claim index, in that index's order, so nothing is sorted. */
export const dueOrder = 'next_run_at, sort_priority, outcome, id';

/** The rest of the query for due jobs. */
export function dueRows(table: string): string {
  return `FROM ${table} FORCE INDEX (${table}_claim)
    WHERE name = ? AND disabled = 0 AND locked_at IS NULL AND next_run_at <= ?`;
}

/** The rest of the query for locks that outlived their owner. One-off jobs that died are found only here. */
export function staleRows(table: string): string {
  return `FROM ${table} FORCE INDEX (${table}_claim) WHERE name = ? AND disabled = 0 AND locked_at <= ?`;
}

// Two queries, never one with OR: that sorts, and a sort in a locking read locks every candidate row.
function selectDue(trx: Database, { name, nextScanAt, limit }: ClaimRequest, taken: number): Promise<Row[]> {
  return trx.select(
    jobColumns,
    `${dueRows(trx.tables.jobs)} ORDER BY ${dueOrder} LIMIT ? FOR UPDATE SKIP LOCKED`,
    [name, toUtc(nextScanAt), limit - taken],
  );
}

function selectStale(trx: Database, { name, lockDeadline, limit }: ClaimRequest): Promise<Row[]> {
  return trx.select(
    jobColumns,
    `${staleRows(trx.tables.jobs)} ORDER BY locked_at LIMIT ? FOR UPDATE SKIP LOCKED`,
    [name, toUtc(lockDeadline), limit],
  );
}

async function lock(trx: Database, rows: Row[], { lockedAt, lastModifiedBy }: ClaimRequest): Promise<void> {
  if (rows.length === 0) return;
  const ids = rows.map(row => row.id as SqlValue);
  // Assigned from left to right: the count reads the lock and the flag that the dead owner left.
  await trx.write(
    `UPDATE ${trx.tables.jobs} SET expired_count = expired_count + (locked_at IS NOT NULL AND started = 1),
       started = 0, locked_at = ?, last_modified_by = ?, lock_seq = lock_seq + 1, rev = rev + 1
     WHERE id IN (${marks(ids.length)})`,
    [toUtc(lockedAt), lastModifiedBy, ...ids],
  );
}

function lockedJob(row: Row, request: ClaimRequest, fence: Fence | undefined): JobParameters {
  const job = toJob({ ...row, locked_at: toUtc(request.lockedAt), last_modified_by: request.lastModifiedBy });
  return fence ? withFence(job, fence) : job;
}
