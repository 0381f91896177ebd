import type { Knex } from 'knex';
import type { Db } from '../../../db/connect.ts';
import { retryOnLockConflict } from '../../../db/retry.ts';

/** Runs `work` in a transaction of its own and repeats it when the database chose it as a deadlock's victim. */
export function inTransaction<T>(db: Db, work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  return retryOnLockConflict(() => db.transaction(work));
}
