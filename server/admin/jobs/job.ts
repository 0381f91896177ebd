import type { MysqlBackend } from '../../../worker/agenda-mysql/index.ts';

/** A job as its storage gives it. */
export type StoredJob = Awaited<ReturnType<MysqlBackend['repository']['queryJobs']>>['jobs'][number];

/** A job as the pages show it; null for what it does not have. */
export function asShown(job: StoredJob) {
  const { name, priority, nextRunAt, disabled = false } = job;
  return {
    id: String(job._id),
    name,
    // Disabled outweighs what it would be otherwise, as in the counts.
    state: disabled ? 'paused' : job.state,
    disabled,
    priority,
    nextRunAt,
    repeats: repetitionOf(job),
    lastRunAt: job.lastRunAt ?? null,
    lastFinishedAt: job.lastFinishedAt ?? null,
    failedAt: job.failedAt ?? null,
    failCount: job.failCount ?? 0,
    failReason: job.failReason ?? null,
    lockedAt: job.lockedAt ?? null,
    lockedBy: job.lockedAt ? (job.lastModifiedBy ?? null) : null,
    progress: job.progress ?? null,
    data: isEmpty(job.data) ? null : job.data,
  };
}

/** A cron line, an interval in words or in ms; null for a job that runs once. */
function repetitionOf({ repeatInterval, repeatAt, repeatTimezone }: StoredJob): string | null {
  const every =
    typeof repeatInterval === 'number' ? `every ${repeatInterval} ms` : repeatInterval || repeatAt;
  if (!every) return null;
  return repeatTimezone ? `${every} (${repeatTimezone})` : every;
}

function isEmpty(data: unknown): boolean {
  return data == null || (typeof data === 'object' && Object.keys(data).length === 0);
}
