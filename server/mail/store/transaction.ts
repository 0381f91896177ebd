import { setTimeout as delay } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Db } from '../../../db/connect.ts';

/** Runs `work` in a transaction of its own and repeats it when the database chose it as a deadlock's victim. */
export function inTransaction<T>(db: Db, work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  return despiteLocks(() => db.transaction(work));
}

/** Repeats a statement or transaction of its own that lost a conflict of locks; five times, then the error is thrown. */
export async function despiteLocks<T>(work: () => PromiseLike<T>): Promise<T> {
  for (let round = 1; ; round += 1) {
    try {
      return await work();
    } catch (error) {
      if (round >= 5 || !isLockConflict(error)) throw error;
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

function errorNumber(error: unknown): number | undefined {
  return (error as { errno?: number } | null)?.errno;
}
