import type { JobParameters } from 'agenda';
import type { Database } from '../database/database.ts';
import { toUtc } from '../database/utc.ts';
import { idValue, jobColumns, marks, toJob } from '../tables/rows.ts';
import { claimed, type Fence, fenceOf, type HeldJobs, withFence } from './fence.ts';

/** Locks this very job if nobody has it, it is enabled and its schedule is the one the caller saw. */
export async function lockJob(
  db: Database,
  held: HeldJobs,
  job: JobParameters,
  lastModifiedBy: string | null,
): Promise<JobParameters | undefined> {
  if (!job._id) return undefined;
  const row = await db.transaction(async trx => {
    const { affectedRows } = await trx.write(
      `UPDATE ${trx.tables.jobs}
       SET locked_at = ?, started = 0, lock_seq = lock_seq + 1, last_modified_by = ?, rev = rev + 1
       WHERE id = ? AND name = ? AND disabled = 0 AND locked_at IS NULL AND next_run_at <=> ?`,
      [
        toUtc(new Date()),
        lastModifiedBy,
        idValue(job._id),
        job.name,
        job.nextRunAt ? toUtc(job.nextRunAt) : null,
      ],
    );
    if (affectedRows === 0) return undefined;
    const [locked] = await trx.select(jobColumns, `FROM ${trx.tables.jobs} WHERE id = ?`, [idValue(job._id)]);
    return locked;
  });
  if (!row) return undefined;
  const fence = claimed(row, job.name, Number(row.lock_seq));
  held.add(fence);
  return withFence(toJob(row), fence);
}

/** Unlocks a job that this process has not just claimed. A running one-off (no next run) keeps its lock. */
export async function unlockJob(db: Database, held: HeldJobs, job: JobParameters): Promise<void> {
  const fence = fenceOf(job);
  await db.write(
    `UPDATE ${db.tables.jobs} SET locked_at = NULL, rev = rev + 1
     WHERE id = ? AND next_run_at IS NOT NULL AND lock_seq = COALESCE(?, lock_seq)`,
    [idValue(job._id), fence?.lockSeq ?? null],
  );
  if (fence) held.drop(fence);
}

/** Clears the locks of these jobs; where this process lost its claim to another, the other keeps it. */
export async function unlockJobs(db: Database, held: HeldJobs, ids: readonly string[]): Promise<void> {
  const fences = ids.map(id => held.get(id)).filter(fence => fence !== undefined);
  const foreign = ids.filter(id => !held.get(id));
  await release(db, fences);
  for (const fence of fences) held.drop(fence);
  if (foreign.length === 0) return;
  await db.write(
    `UPDATE ${db.tables.jobs} SET locked_at = NULL, rev = rev + 1 WHERE id IN (${marks(foreign.length)})`,
    foreign.map(idValue),
  );
}

/**
 * Releases claims unless another process has taken them over; from then on their holder is fenced off, so a
 * start that is already on its way is refused. A recovered one-off has no next run; released before it ran
 * it becomes due at once, or no claim would ever find it again.
 */
export async function release(db: Database, fences: readonly Fence[]): Promise<void> {
  for (let at = 0; at < fences.length; at += 100) {
    const some = fences.slice(at, at + 100);
    await db.write(
      `UPDATE ${db.tables.jobs} SET next_run_at = IF(started = 0, COALESCE(next_run_at, ?), next_run_at),
         locked_at = NULL, lock_seq = lock_seq + 1, rev = rev + 1
       WHERE ${some.map(() => '(id = ? AND lock_seq = ?)').join(' OR ')}`,
      [toUtc(new Date()), ...some.flatMap(fence => [fence.id, fence.lockSeq])],
      { repeatable: true },
    );
  }
}

/** Reverts a start whose handler was never called: the job is due again as it was when it was claimed. */
export async function unstart(db: Database, { id, lockSeq, scheduleSeq, dueAt }: Fence): Promise<void> {
  await db.write(
    `UPDATE ${db.tables.jobs} SET next_run_at = IF(schedule_seq = ?, ?, next_run_at), started = 0,
       locked_at = NULL, lock_seq = lock_seq + 1, rev = rev + 1
     WHERE id = ? AND lock_seq = ?`,
    [scheduleSeq, dueAt ?? toUtc(new Date()), id, lockSeq],
    { repeatable: true },
  );
}
