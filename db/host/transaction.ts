import type { Knex } from 'knex';
import { errnoOf, isConnectionLost } from '../error-codes.ts';
import { connectionThrough, type TransactionAdapter } from './adapter.ts';
import { type HostConnection, knexOn } from './client.ts';

/** A transaction of knex, 2.5 or later, as far as it is used here. */
export interface KnexTransaction {
  readonly client: unknown;
  readonly executionPromise: Promise<unknown>;
  isCompleted(): boolean;
}

/** A transaction of the caller's: knex's own, or one of another library through an adapter. */
export type CallerTransaction = KnexTransaction | TransactionAdapter;

/** What was given is no transaction that our tables can be reached in; the message says why. */
export class UnfitTransaction extends Error {
  override readonly name = 'UnfitTransaction';
}

/** Our own knex in a caller's transaction, which stays the caller's to end. Throws {@link UnfitTransaction}. */
export async function joinHostTransaction(ours: Knex, caller: CallerTransaction): Promise<Knex.Transaction> {
  const connection = isKnexTransaction(caller)
    ? await connectionOf(caller)
    : connectionThrough(asAdapter(caller));
  const joined = savepoints(knexOn({ acquire: async () => connection, release: async () => {} }));
  try {
    if (!known.has(connection)) await checkPlace(ours, joined);
    known.add(connection);
    if (!isKnexTransaction(caller)) await checkOpen(ours, joined);
  } catch (error) {
    if (error instanceof UnfitTransaction || errnoOf(error) !== undefined || isConnectionLost(error))
      throw error;
    // Neither the database nor the way to it: the library itself says no, such as to a transaction that has ended.
    throw new UnfitTransaction(`The transaction cannot be used: ${(error as Error).message}`);
  }
  return joined;
}

/** True for a transaction of knex's, whether or not it is still open. */
export function isKnexTransaction(caller: CallerTransaction): caller is KnexTransaction {
  return typeof caller === 'function' && 'client' in caller && 'executionPromise' in caller;
}

interface TransactionClient {
  driverName?: string;
  acquireConnection(): Promise<HostConnection>;
}

async function connectionOf(trx: KnexTransaction): Promise<HostConnection> {
  if (trx.isCompleted()) throw new UnfitTransaction('The transaction has ended already.');
  const client = trx.client as TransactionClient;
  if (client.driverName !== 'mysql2' && client.driverName !== 'mysql')
    throw new UnfitTransaction(`The transaction is on the driver ${client.driverName}, not on mysql2.`);
  return client.acquireConnection();
}

function asAdapter(caller: unknown): TransactionAdapter {
  const given = caller as Partial<TransactionAdapter> | null;
  if (typeof given?.query === 'function' && typeof given.afterCommit === 'function')
    return given as TransactionAdapter;
  throw new UnfitTransaction(
    `${whatIs(caller)}: give a transaction of knex, or an adapter { query, afterCommit }.`,
  );
}

function whatIs(caller: unknown): string {
  if (caller === null) return 'null is no transaction';
  const has = (name: string) =>
    (typeof caller === 'object' || typeof caller === 'function') && name in (caller as object);
  if (typeof caller === 'function' && has('client')) return 'A knex instance is no transaction';
  if (has('getConnection')) return 'A pool is no transaction';
  if (has('query') || has('execute')) return 'A connection needs an adapter';
  return 'This is no transaction';
}

/** Connections that are known to be where our tables are. */
const known = new WeakSet<HostConnection>();

/** Refuses a transaction on another database, whether or not it has tables of our names. */
async function checkPlace(ours: Knex, joined: Knex): Promise<void> {
  const theirs = await readLedger(joined).catch((error: unknown) => {
    if (!isElsewhere(errnoOf(error))) throw error;
    return { id: null, database: null };
  });
  // Ours is read each time: it may have been made again since.
  const { id, database } = await readLedger(ours);
  if (theirs.id === id) return;
  const where = theirs.database === database ? 'another server' : 'another database';
  throw new UnfitTransaction(
    `The transaction is on ${where}: the tables of Postlane are in ${database}, and a message can only be stored there.`,
  );
}

// No database selected, no such table, no rights on it.
function isElsewhere(errno: number | undefined): boolean {
  return errno === 1046 || errno === 1146 || errno === 1142;
}

async function readLedger(db: Knex): Promise<{ id: string; database: string }> {
  const [[row]] = await db.raw(
    `SELECT DATABASE() AS name,
       (SELECT CAST(UNIX_TIMESTAMP(MIN(migration_time)) AS CHAR) FROM postlane_migrations) AS born`,
  );
  return { id: `${String(row.name).toLowerCase()} ${row.born}`, database: row.name };
}

/** Refuses what runs each statement by itself: a pool, a connection before BEGIN, a transaction that has ended. */
async function checkOpen(ours: Knex, joined: Knex): Promise<void> {
  if (await isOpen(ours, joined)) return;
  throw new UnfitTransaction(
    'The adapter runs its statements outside of a transaction: it was not begun, has ended, or query takes another connection each time.',
  );
}

const noSuchSavepoint = 1305;
const notPreparable = 1295;

async function isOpen(ours: Knex, joined: Knex): Promise<boolean> {
  const [[{ version }]] = await ours.raw('SELECT VERSION() AS version');
  if (/mariadb/i.test(version)) {
    const [[row]] = await joined.raw('SELECT @@in_transaction AS open');
    return Number(row.open) === 1;
  }
  try {
    // Outside of a transaction a savepoint is gone with its own statement.
    await joined.raw('SAVEPOINT postlane_open');
    await joined.raw('RELEASE SAVEPOINT postlane_open');
    return true;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === noSuchSavepoint) return false;
    // A library that prepares every statement cannot be asked.
    if (errno === notPreparable) return true;
    throw error;
  }
}

// Counted for all: a transaction may be joined again inside of one of its own savepoints.
let savepointCount = 0;

/** A knex whose own transactions are savepoints of the one that it is in. */
function savepoints(joined: Knex): Knex.Transaction {
  const transaction = async (work: (trx: Knex) => Promise<unknown>): Promise<unknown> => {
    const name = `postlane_${++savepointCount}`;
    await joined.raw(`SAVEPOINT ${name}`);
    try {
      const result = await work(joined);
      await joined.raw(`RELEASE SAVEPOINT ${name}`);
      return result;
    } catch (error) {
      // A deadlock has undone the whole transaction already.
      await joined.raw(`ROLLBACK TO SAVEPOINT ${name}`).catch(() => {});
      throw error;
    }
  };
  return Object.defineProperties(joined, {
    isTransaction: { value: true },
    transaction: { value: transaction },
  }) as Knex.Transaction;
}
