import type { Db, Trx } from '../../../db/connect.ts';
import {
  type CallerTransaction,
  isKnexTransaction,
  joinHostTransaction,
  UnfitTransaction,
} from '../../../db/host/transaction.ts';
import { retryOnLockConflict } from '../../../db/retry.ts';
import { MailError } from '../error.ts';

/** Runs `work` in a transaction of its own and repeats it when the database chose it as a deadlock's victim. */
export function inTransaction<T>(db: Db, work: (trx: Trx) => Promise<T>): Promise<T> {
  return retryOnLockConflict(() => db.transaction(work));
}

/**
 * A caller's transaction as one that our stores can write in, whatever library and settings it comes from. Throws a
 * MailError that names `trx` when it is none, has ended, or is where our tables are not.
 */
export async function joinTransaction(db: Db, caller: CallerTransaction): Promise<Trx> {
  try {
    return await joinHostTransaction(db, caller);
  } catch (error) {
    if (error instanceof UnfitTransaction) throw new MailError('invalid-input', error.message, 'trx');
    throw error;
  }
}

/** Runs `work` once the caller's outermost transaction has committed; a rollback leaves nothing to do. */
export function afterCommit(caller: CallerTransaction, work: () => Promise<void>): void {
  if (isKnexTransaction(caller)) outermostOf(caller).executionPromise.then(work, () => {});
  else caller.afterCommit(() => void work());
}

type KnexTransaction = Extract<CallerTransaction, { executionPromise: unknown }> & {
  parentTransaction?: KnexTransaction;
};

function outermostOf(trx: KnexTransaction): KnexTransaction {
  return trx.parentTransaction ? outermostOf(trx.parentTransaction) : trx;
}
