import type { Knex } from 'knex';
import { connect, type Db } from './connect.ts';
import { type DatabaseOptions, databaseSettings } from './database-options.ts';

/** One statement with its values, as mysql2 puts them in: a list becomes `?, ?, ?`. */
export interface Statement {
  sql: string;
  values: readonly (string | number | null | readonly string[])[];
}

/** Does statements within a transaction, together in one trip to the server where that can be; what each answered. */
export type Trip = (statements: readonly Statement[]) => Promise<unknown[]>;

/** Transactions in few trips: where the server is near, the trips cost more than the statements. */
export interface Together {
  /** `work` answers with the last statements, which travel with the commit; without a trip of its own all goes in one. */
  transaction(work: (trip: Trip) => Promise<readonly Statement[]>): Promise<void>;
  /** Reads outside of a transaction. */
  read: Trip;
  close(): Promise<void>;
}

/**
 * On two connections of its own, made when they are needed, for they alone may send several statements at once. Null with a host's
 * knex, whose connections are the host's to set up.
 */
export function openTogether(database: DatabaseOptions): Together | null {
  if (databaseSettings(database).knex) return null;
  const db = connect(database, { poolSize: 2, severalStatements: true });
  return {
    transaction: work => borrowed(db, connection => transaction(connection, work)),
    read: statements => borrowed(db, connection => query(connection, statements)),
    close: () => db.destroy(),
  };
}

/** One statement after another, on a pool or in a transaction of the caller's. */
export function oneByOne(db: Knex): Trip {
  return async statements => {
    const answers: unknown[] = [];
    for (const { sql, values } of statements) {
      const [answer] = await db.raw(sql, values as never);
      answers.push(answer);
    }
    return answers;
  };
}

/** A trip that takes these statements along when it is first made. */
export function after(first: readonly Statement[], trip: Trip): Trip {
  let waiting = first;
  return async statements => {
    const taken = waiting;
    waiting = [];
    const answers = await trip([...taken, ...statements]);
    return answers.slice(taken.length);
  };
}

interface RawConnection {
  query(sql: string, values: unknown[], done: (error: Error | null, answers: unknown) => void): void;
  /** Knex lends a connection with this mark to nobody again. */
  __knex__disposed?: unknown;
}

async function borrowed<T>(db: Db, work: (connection: RawConnection) => Promise<T>): Promise<T> {
  const connection: RawConnection = await db.client.acquireConnection();
  try {
    return await work(connection);
  } finally {
    db.client.releaseConnection(connection);
  }
}

async function transaction(
  connection: RawConnection,
  work: (trip: Trip) => Promise<readonly Statement[]>,
): Promise<void> {
  let begin: readonly Statement[] = [{ sql: 'BEGIN', values: [] }];
  const trip: Trip = async statements => {
    const answers = await query(connection, [...begin, ...statements]);
    const own = answers.slice(begin.length);
    begin = [];
    return own;
  };
  try {
    await trip([...(await work(trip)), { sql: 'COMMIT', values: [] }]);
  } catch (error) {
    // The server stops at the first that fails, within the transaction.
    await query(connection, [{ sql: 'ROLLBACK', values: [] }]).catch(lost => {
      connection.__knex__disposed = lost;
    });
    throw error;
  }
}

function query(connection: RawConnection, statements: readonly Statement[]): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    connection.query(
      statements.map(({ sql }) => sql).join('; '),
      statements.flatMap(({ values }) => values),
      (error, answers) => {
        if (error) reject(error);
        else resolve(statements.length === 1 ? [answers] : (answers as unknown[]));
      },
    );
  });
}
