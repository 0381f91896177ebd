import { AsyncLocalStorage } from 'node:async_hooks';
import { Database } from './database.ts';
import type { HostTransaction } from './host-knex.ts';

/** The caller's transaction that the running code belongs to. Agenda's methods have no parameter for one. */
export class TransactionContext {
  private readonly pool: Database;
  private readonly storage = new AsyncLocalStorage<HostTransaction>();

  constructor(pool: Database) {
    this.pool = pool;
  }

  /** Runs the work; jobs it saves, removes or reads go through the transaction. */
  within<T>(trx: HostTransaction, work: () => Promise<T>): Promise<T> {
    return this.storage.run(trx, work);
  }

  /** Runs the work as if no transaction were there: it would be over by the time the work uses it. */
  outside<T>(work: () => T): T {
    return this.storage.exit(work);
  }

  /** The transaction that is running now. */
  transaction(): HostTransaction | undefined {
    const trx = this.storage.getStore();
    return trx?.isCompleted() ? undefined : trx;
  }

  /** Where statements of the running code go: its transaction, else the pool. */
  database(): Database {
    const trx = this.transaction();
    return trx ? new Database(trx, this.pool.tables) : this.pool;
  }
}

/** Resolves when what the transaction wrote is visible to others: its outermost transaction has ended. */
export async function transactionEnd(trx: HostTransaction): Promise<void> {
  let outermost: HostTransaction & { parentTransaction?: HostTransaction } = trx;
  while (outermost.parentTransaction) outermost = outermost.parentTransaction;
  await outermost.executionPromise?.catch(() => {});
}
