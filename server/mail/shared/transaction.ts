import type { Db, Trx } from '../../../db/connect.ts';
import { retryOnLockConflict } from '../../../db/retry.ts';

/** Runs `work` in a transaction of its own and repeats it when the database chose it as a deadlock's victim. */
export function inTransaction<T>(db: Db, work: (trx: Trx) => Promise<T>): Promise<T> {
  return retryOnLockConflict(() => db.transaction(work));
}

/** Runs `work` once the outermost transaction has committed; a rollback leaves nothing to do. */
export async function afterCommit(trx: Trx, work: () => Promise<void>): Promise<void> {
  const outermost = outermostOf(trx);
  try {
    await outermost.executionPromise;
  } catch {
    return;
  }
  await work();
}

function outermostOf(trx: Trx): Trx {
  return trx.parentTransaction ? outermostOf(trx.parentTransaction) : trx;
}
