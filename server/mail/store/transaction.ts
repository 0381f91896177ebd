import { setTimeout as delay } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Db } from '../../../db/connect.ts';

/** Runs `work` in a transaction of its own and repeats it when the database chose it as a deadlock's victim. */
export function inTransaction<T>(db: Db, work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  return despiteLocks(() => db.transaction(work));
}

/** Repeats a statement or transaction of its own that lost a conflict of locks; five times, then the error is thrown. */
export function despiteLocks<T>(work: () => PromiseLike<T>): Promise<T> {
  return repeatWhen(isLockConflict, work);
}

/**
 * Repeats work whose connection was lost, also when its commit may have arrived: only for work that changes nothing
 * when done twice.
 */
export function despiteLostConnection<T>(work: () => PromiseLike<T>): Promise<T> {
  return repeatWhen(isConnectionLost, work);
}

async function repeatWhen<T>(mayRepeat: (error: unknown) => boolean, work: () => PromiseLike<T>): Promise<T> {
  for (let round = 1; ; round += 1) {
    try {
      return await work();
    } catch (error) {
      if (round >= 5 || !mayRepeat(error)) throw error;
      await delay(Math.random() * 20 * round);
    }
  }
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

const lostConnection = new Set(['PROTOCOL_CONNECTION_LOST', 'ECONNRESET', 'EPIPE', 'ER_CONNECTION_KILLED']);

function isConnectionLost(error: unknown): boolean {
  return lostConnection.has((error as { code?: string } | null)?.code ?? '');
}

function errorNumber(error: unknown): number | undefined {
  return (error as { errno?: number } | null)?.errno;
}
