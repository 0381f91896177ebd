import { setTimeout as sleep } from 'node:timers/promises';

const lockFaults = new Set([1213, 1205]); // deadlock; lock wait timeout
const connectionFaults = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT', // the socket file is gone while the server restarts
  'ER_SERVER_SHUTDOWN',
  'ER_CON_COUNT_ERROR',
]);

/** How often and how patiently {@link retry} tries. */
export interface RetryOptions {
  /** Attempts in all. Default 6. */
  attempts?: number;
  /** Also repeat after a lost connection: only for work that does no harm when done twice. Default false. */
  repeatable?: boolean;
}

/**
 * Runs the work again after a deadlock or a lock wait timeout, and, for repeatable work, after a lost
 * connection. Waits grow from about 10 ms (200 ms after a lost connection), with jitter so that rivals part.
 */
export async function retry<T>(work: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const { attempts = 6, repeatable = false } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const lostConnection = isConnectionFault(error);
      const passing = isLockFault(error) || (repeatable && lostConnection);
      if (!passing || attempt >= attempts) throw error;
      await sleep((lostConnection ? 200 : 10) * 2 ** (attempt - 1) * (0.5 + Math.random()));
    }
  }
}

/** Whether two rows or two transactions got in each other's way; the loser may simply try again. */
export function isLockFault(error: unknown): boolean {
  return lockFaults.has(Number(property(error, 'errno')));
}

/** Whether the statement may not have reached the server, or its answer got lost. */
export function isConnectionFault(error: unknown): boolean {
  const code = property(error, 'code');
  // A connection found dead when it is about to be used fails with no code at all.
  return connectionFaults.has(String(code)) || (code === undefined && property(error, 'fatal') === true);
}

/** Whether a unique key refused the row. */
export function isDuplicate(error: unknown): boolean {
  return property(error, 'errno') === 1062;
}

function property(error: unknown, key: 'errno' | 'code' | 'fatal'): unknown {
  return typeof error === 'object' && error !== null && key in error
    ? (error as Record<string, unknown>)[key]
    : undefined;
}
