import { isConnectionLost, isLockConflict } from '../../../db/error-codes.ts';
import { retryWhen } from '../../../db/retry.ts';

/** How often and how patiently {@link retry} tries. */
export interface RetryOptions {
  /** Attempts in all. Default 6. */
  attempts?: number;
  /** Also repeat after a lost connection: only for work that does no harm when done twice. Default false. */
  repeatable?: boolean;
}

const lockPauseMs = 15;
const connectionPauseMs = 250;

/**
 * Runs the work again after a lock conflict and, for repeatable work, after a lost connection. Each pause is twice as
 * long as the one before it.
 */
export function retry<T>(work: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const { attempts = 6, repeatable = false } = options;
  const firstPauseMs = (error: unknown) => {
    if (isLockConflict(error)) return lockPauseMs;
    return repeatable && isConnectionLost(error) ? connectionPauseMs : undefined;
  };
  return retryWhen((error, attempt) => {
    const first = attempt < attempts ? firstPauseMs(error) : undefined;
    return first === undefined ? undefined : first * 2 ** (attempt - 1);
  }, work);
}
