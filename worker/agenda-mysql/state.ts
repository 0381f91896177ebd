import type { JobParameters } from 'agenda';
import type { Database, SqlValue } from './database.ts';
import { type Fence, fenceOf, type HeldJobs } from './fence.ts';
import { processorFields } from './fields.ts';
import { assignments, idValue, toColumns } from './rows.ts';
import { toUtc } from './utc.ts';

/** The job is gone, or its lock was given back or taken over: this process has no say in it any more. */
export class LostLockError extends Error {
  override readonly name = 'LostLockError';
}

/**
 * The processor's own write: at run start and at each touch the job is locked, at run end it is not.
 * Throws {@link LostLockError} when the job is gone or another process has taken it over. One exception: a one-off that finished is
 * recorded even then, or a handler that always outlives its lock would repeat for ever.
 */
export async function saveJobState(
  db: Database,
  held: HeldJobs,
  job: JobParameters,
  lastModifiedBy: string | null,
): Promise<void> {
  const fence = fenceOf(job);
  const ends = !job.lockedAt;
  if (fence && !ends) fence.started = true;
  const write = stateWrite(job, fence, lastModifiedBy);
  const recorded =
    (await update(db, job, write, fence)) ||
    (fence && ends && isDone(job) && (await recordLate(db, job, write)));
  if (fence && (ends || !recorded)) held.drop(fence);
  if (!recorded) {
    throw new LostLockError(
      `Job ${job._id} (${job.name}) is gone, or its lock was given back or taken over.`,
    );
  }
}

interface StateWrite {
  sql: string;
  values: SqlValue[];
}

function stateWrite(job: JobParameters, fence: Fence | undefined, lastModifiedBy: string | null): StateWrite {
  const columns = toColumns(job, processorFields);
  columns.set('last_modified_by', lastModifiedBy);
  columns.set('started', job.lockedAt ? 1 : 0);
  if (!job.lockedAt) columns.set('expired_count', 0);
  const nextRunAt = job.nextRunAt ? toUtc(job.nextRunAt) : null;
  // Rescheduled while it ran: the newer schedule stays.
  const schedule = fence ? 'next_run_at = IF(schedule_seq = ?, ?, next_run_at)' : 'next_run_at = ?';
  return {
    sql: `${assignments(columns)}, ${schedule}, rev = rev + 1`,
    values: [...columns.values(), ...(fence ? [fence.scheduleSeq] : []), nextRunAt],
  };
}

async function update(
  db: Database,
  job: JobParameters,
  { sql, values }: StateWrite,
  fence: Fence | undefined,
): Promise<boolean> {
  const { affectedRows } = await db.write(
    `UPDATE ${db.tables.jobs} SET ${sql} WHERE id = ? AND name = ?${fence ? ' AND lock_seq = ?' : ''}`,
    [...values, idValue(job._id), job.name, ...(fence ? [fence.lockSeq] : [])],
    { repeatable: true },
  );
  return affectedRows > 0;
}

// The lock of whoever has taken the job over is cleared and fenced off: the work is done.
async function recordLate(db: Database, job: JobParameters, { sql, values }: StateWrite): Promise<boolean> {
  const { affectedRows } = await db.write(
    `UPDATE ${db.tables.jobs} SET ${sql}, lock_seq = lock_seq + 1 WHERE id = ? AND name = ?`,
    [...values, idValue(job._id), job.name],
  );
  return affectedRows > 0;
}

function isDone(job: JobParameters): boolean {
  return !job.nextRunAt && !job.repeatInterval && !job.repeatAt;
}
