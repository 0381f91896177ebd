import type { DebounceOptions, JobParameters } from 'agenda';

/** When a debounced job runs next and when its window began (undefined: no window is open). */
export interface DebouncedSchedule {
  nextRunAt: Date | null;
  debounceStartedAt: Date | undefined;
}

/**
 * The schedule of a debounced save. Trailing: each save pushes the run back by `delay`, never past `maxWait`
 * after the window began. Leading: the first save runs as given, further ones wait until its window is over.
 */
export function debounced(
  { strategy = 'trailing', delay, maxWait }: DebounceOptions,
  given: Date | null,
  now: Date,
  stored?: JobParameters,
): DebouncedSchedule {
  if (strategy === 'leading') return leading(delay, given, now, stored);
  return trailing(delay, maxWait, now, stored);
}

function leading(delay: number, given: Date | null, now: Date, stored?: JobParameters): DebouncedSchedule {
  if (!stored) return { nextRunAt: given, debounceStartedAt: now };
  const began = stored.debounceStartedAt ?? now;
  const isOver = now.getTime() - began.getTime() >= delay;
  if (isOver && !stored.nextRunAt) return { nextRunAt: given ?? now, debounceStartedAt: now };
  return { nextRunAt: stored.nextRunAt, debounceStartedAt: began };
}

function trailing(
  delay: number,
  maxWait: number | undefined,
  now: Date,
  stored?: JobParameters,
): DebouncedSchedule {
  const hasRun = !stored?.nextRunAt;
  const began = (hasRun ? undefined : stored.debounceStartedAt) ?? now;
  const waited = now.getTime() - began.getTime();
  if (maxWait && waited >= maxWait) return { nextRunAt: now, debounceStartedAt: undefined };
  const wait = maxWait ? Math.min(delay, maxWait - waited) : delay;
  return { nextRunAt: new Date(now.getTime() + wait), debounceStartedAt: began };
}
