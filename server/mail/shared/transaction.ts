import { setTimeout as delay } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Db } from '../../../db/connect.ts';

/** Runs `work` in a transaction of its own and repeats it when the database chose it as a deadlock's victim. */
export function inTransaction<T>(db: Db, work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  return despiteLocks(() => db.transaction(work));
}

/** Repeats a statement or transaction of its own that lost a conflict of locks; five times, then the error is thrown. */
export function despiteLocks<T>(work: () => PromiseLike<T>): Promise<T> {
  return repeatWhen(isLockConflict, work, [10, 20, 40, 80]);
}

/**
 * Repeats work whose connection was lost, also when its commit may have arrived: only for work that changes nothing
 * when done twice. A server that starts anew is waited for, up to half a minute.
 */
export function despiteLostConnection<T>(work: () => PromiseLike<T>): Promise<T> {
  return repeatWhen(isConnectionLost, work, [10, 50, 200, 500, 1000, 2000, 4000, 8000, 14_000]);
}

/** The same for work that somebody waits for. */
export function despiteCutConnection<T>(work: () => PromiseLike<T>): Promise<T> {
  return repeatWhen(isConnectionLost, work, [10, 50]);
}

/** `pausesMs`: before each repetition, half of it at random. */
async function repeatWhen<T>(
  mayRepeat: (error: unknown) => boolean,
  work: () => PromiseLike<T>,
  pausesMs: readonly number[],
): Promise<T> {
  for (const ms of pausesMs) {
    try {
      return await work();
    } catch (error) {
      if (!mayRepeat(error)) throw error;
      await delay(ms * (0.5 + Math.random() / 2));
    }
  }
  return work();
}

/** True when a unique key refused a row. */
export function isDuplicate(error: unknown): boolean {
  return errorNumber(error) === 1062;
}

// 1213: deadlock, the transaction is gone. 1205: a lock was not granted in time.
// 1020: MariaDB's "record has changed since last read", its way to say the same.
function isLockConflict(error: unknown): boolean {
  return [1213, 1205, 1020].includes(errorNumber(error) ?? 0);
}

// The last three: the server is not back yet. ENOENT is a socket's file.
const lostConnection = new Set(
  (
    'PROTOCOL_CONNECTION_LOST ECONNRESET EPIPE ER_CONNECTION_KILLED ER_SERVER_SHUTDOWN ' +
    'ECONNREFUSED ENOENT ER_CON_COUNT_ERROR'
  ).split(' '),
);

function isConnectionLost(error: unknown): boolean {
  return lostConnection.has((error as { code?: string } | null)?.code ?? '');
}

function errorNumber(error: unknown): number | undefined {
  return (error as { errno?: number } | null)?.errno;
}
