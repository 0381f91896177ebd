import type { Knex } from 'knex';
import { connect, type Db } from './connect.ts';
import { type DatabaseOptions, databaseSettings } from './database-options.ts';

/** One statement with its values, as mysql2 puts them in: a list becomes `?, ?, ?`. */
export interface Statement {
  sql: string;
  values: readonly (string | number | null | readonly string[])[];
}

/** Commits statements together: all of them, or none. */
export interface Together {
  commit(statements: readonly Statement[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Sends a whole transaction in one trip: where the server is near, the trips cost more than the statements. On a connection
 * of its own, made when it is needed, for it alone may send several statements at once. Null with a host's knex, whose
 * connections are the host's to set up.
 */
export function openTogether(database: DatabaseOptions): Together | null {
  if (databaseSettings(database).knex) return null;
  const db = connect(database, { poolSize: 1, severalStatements: true });
  return { commit: statements => commit(db, statements), close: () => db.destroy() };
}

/** Does statements one after another, in a transaction of the caller's. */
export async function runEach(trx: Knex, statements: readonly Statement[]): Promise<void> {
  for (const { sql, values } of statements) await trx.raw(sql, values as never);
}

interface RawConnection {
  query(sql: string, values: unknown[], done: (error: Error | null) => void): void;
  /** Knex lends a connection with this mark to nobody again. */
  __knex__disposed?: unknown;
}

async function commit(db: Db, statements: readonly Statement[]): Promise<void> {
  const connection: RawConnection = await db.client.acquireConnection();
  const query = (sql: string, values: unknown[] = []) =>
    new Promise<void>((resolve, reject) => {
      connection.query(sql, values, error => (error ? reject(error) : resolve()));
    });
  try {
    await query(
      `BEGIN; ${statements.map(({ sql }) => sql).join('; ')}; COMMIT`,
      statements.flatMap(({ values }) => values),
    );
  } catch (error) {
    // The server stops at the first that fails, within the transaction.
    await query('ROLLBACK').catch(lost => {
      connection.__knex__disposed = lost;
    });
    throw error;
  } finally {
    db.client.releaseConnection(connection);
  }
}
