import type { JobParameters } from 'agenda';
import { fenceOf, type HeldJobs } from './fence.ts';
import { processorFields } from './fields.ts';
import { idValue, toColumns } from './rows.ts';
import type { StateWrite, StateWriter } from './state-writer.ts';
import { toUtc } from './utc.ts';

/** The job is gone, or its lock was given back or taken over: this process has no say in it any more. */
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
  if (fence?.stage === 'returned') throw lostLock(job);
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
  return new LostLockError(`Job ${_id} (${name}) is gone, or its lock was given back or taken over.`);
}
