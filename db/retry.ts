import { setTimeout as sleep } from 'node:timers/promises';
import { isConnectionLost, isLockConflict, isTimeout } from './error-codes.ts';

/** Repeats a statement or transaction of its own that lost a conflict of locks, four times at most. */
export function retryOnLockConflict<T>(work: () => PromiseLike<T>): Promise<T> {
  return retryWhen((error, attempt) => (isLockConflict(error) ? lockPausesMs[attempt - 1] : undefined), work);
}

/**
 * Repeats work whose connection was lost, also when its commit may have arrived: only for work that changes nothing
 * when done twice. A server that restarts is waited for, up to half a minute; `brief`: somebody waits for the work.
 */
export function retryOnConnectionLoss<T>(
  work: () => PromiseLike<T>,
  { brief = false }: { brief?: boolean } = {},
): Promise<T> {
  const pausesMs = brief ? briefPausesMs : restartPausesMs;
  return retryWhen((error, attempt) => {
    const mayRepeat = isConnectionLost(error) && !(brief && isTimeout(error));
    return mayRepeat ? pausesMs[attempt - 1] : undefined;
  }, work);
}

const lockPausesMs = [10, 20, 40, 80];
const briefPausesMs = [10, 50];
const restartPausesMs = [10, 50, 200, 500, 1000, 2000, 4000, 8000, 14_000];

/**
 * Repeats the work as long as `pauseMs` answers its failure with a pause; undefined: the failure is thrown. Up to half
 * of a pause is cut at random, so that rivals part. `attempt` is 1 after the first failure.
 */
export async function retryWhen<T>(
  pauseMs: (error: unknown, attempt: number) => number | undefined,
  work: () => PromiseLike<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const pause = pauseMs(error, attempt);
      if (pause === undefined) throw error;
      await sleep(pause * (0.5 + Math.random() / 2));
    }
  }
}
