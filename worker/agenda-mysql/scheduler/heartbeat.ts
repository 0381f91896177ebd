import type { Job } from 'agenda';
import { LostLockError } from '../claiming/run-state.ts';

/** How a run is kept alive. */
export interface HeartbeatOptions {
  lockLifetimeMs: number;
  /** Called once when the lock turns out to be lost: another process may be running the job now. */
  onLost(): void;
  /** A touch failed for another reason; the next one may succeed. */
  onError(error: unknown): void;
}

/** Does the work and renews the job's lock meanwhile, three times per lifetime. */
export async function withHeartbeat<T>(
  job: Job<unknown>,
  { lockLifetimeMs, onLost, onError }: HeartbeatOptions,
  work: () => Promise<T>,
): Promise<T> {
  const timer = setInterval(() => {
    // With its progress: a bare touch would wipe it.
    job.touch(job.attrs.progress).catch(error => {
      if (!(error instanceof LostLockError)) return onError(error);
      clearInterval(timer);
      onLost();
    });
  }, lockLifetimeMs / 3);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
