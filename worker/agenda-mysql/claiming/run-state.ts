import type { JobParameters } from 'agenda';
import { toUtc } from '../database/utc.ts';
import { processorFields } from '../tables/fields.ts';
import { idValue, toColumns } from '../tables/rows.ts';
import { fenceOf, type HeldJobs } from './fence.ts';
import type { StateWrite, StateWriter } from './run-state-writer.ts';

/** The job is gone, or its lock was released or taken over: this process may no longer write to it. */
export class LostLockError extends Error {
  override readonly name = 'LostLockError';
}

/**
 * The processor's own write: at run start and at each touch the job is locked, at run end it is not.
 * Throws {@link LostLockError} when the job is gone or another process has taken it over. One exception: a
 * one-off that finished is recorded even then, or a handler that always outlives its lock would repeat for ever.
 */
export async function saveJobState(
  writer: StateWriter,
  held: HeldJobs,
  job: JobParameters,
  lastModifiedBy: string | null,
): Promise<void> {
  const fence = fenceOf(job);
  const ends = !job.lockedAt;
  if (fence?.stage === 'released') throw lostLock(job);
  if (fence && !ends) fence.stage = 'started';
  const write = stateWrite(job, lastModifiedBy);
  const recorded =
    (await writer.write(write)) || (fence && ends && isDone(job) && (await writer.writeOverOwner(write)));
  if (fence && (ends || !recorded)) held.drop(fence);
  if (!recorded) throw lostLock(job);
}

function stateWrite(job: JobParameters, lastModifiedBy: string | null): StateWrite {
  const columns = toColumns(job, processorFields);
  columns.set('last_modified_by', lastModifiedBy);
  columns.set('started', job.lockedAt ? 1 : 0);
  return {
    id: idValue(job._id),
    name: job.name,
    columns,
    nextRunAt: job.nextRunAt ? toUtc(job.nextRunAt) : null,
    fence: fenceOf(job),
  };
}

function isDone(job: JobParameters): boolean {
  return !job.nextRunAt && !job.repeatInterval && !job.repeatAt;
}

function lostLock({ _id, name }: JobParameters): LostLockError {
  return new LostLockError(`Job ${_id} (${name}) is gone, or its lock was released or taken over.`);
}
