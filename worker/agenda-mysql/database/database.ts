import type { Knex } from 'knex';
import { asKnex, type HostKnex } from './host-knex.ts';
import type { Pool } from './pool.ts';
import { type RetryOptions, retry } from './retry.ts';
import type { Tables } from './table-names.ts';

/** What may be bound to a `?`. Moments are bound as UTC text. */
export type SqlValue = string | number | null | Buffer;

/** One row as read: text, numbers and nulls; moments still as UTC text. */
export type Row<Column extends string = string> = Record<Column, string | number | null>;

/** What a write changed. */
export interface Written {
  affectedRows: number;
  insertId: number;
}

/**
 * Statements over a pool or a transaction we did not configure. Rows are read as arrays and named here, so a
 * host's `postProcessResponse` cannot rename columns, and DATETIME is read as text, so its zone has no say.
 */
export class Database {
  private readonly knex: Knex;
  readonly tables: Tables;
  private readonly pool: Pool | undefined;
  private setsIsolation = true;

  /** Without a pool: inside a transaction, where a failed statement cannot be repeated by itself. */
  constructor(knex: HostKnex, tables: Tables, pool?: Pool) {
    this.knex = asKnex(knex);
    this.tables = tables;
    this.pool = pool;
  }

  /** SELECT the columns `from ...`; `from` is the rest of the statement. */
  async select<Column extends string>(
    columns: readonly Column[],
    from: string,
    bindings: readonly SqlValue[] = [],
  ): Promise<Row<Column>[]> {
    return this.rows(columns, `SELECT ${columns.join(', ')} ${from}`, bindings);
  }

  /** Runs a whole query whose columns, in order, are `columns`. */
  async rows<Column extends string>(
    columns: readonly Column[],
    sql: string,
    bindings: readonly SqlValue[] = [],
  ): Promise<Row<Column>[]> {
    const rows = await this.run<(string | number | null)[][]>(sql, bindings, { repeatable: true });
    return rows.map(values => {
      const row: Partial<Row<Column>> = {};
      columns.forEach((column, at) => {
        row[column] = values[at] ?? null;
      });
      return row as Row<Column>;
    });
  }

  /** Runs one INSERT, UPDATE or DELETE. */
  async write(sql: string, bindings: readonly SqlValue[] = [], options?: RetryOptions): Promise<Written> {
    return this.run<Written>(sql, bindings, options);
  }

  /** Runs the work in one READ COMMITTED transaction, again from its start after a deadlock. */
  async transaction<T>(work: (db: Database) => Promise<T>): Promise<T> {
    const { pool } = this;
    if (!pool) return work(this);
    const settings: Knex.TransactionConfig = this.setsIsolation ? { isolationLevel: 'read committed' } : {};
    const once = () => this.knex.transaction(trx => work(new Database(trx, this.tables)), settings);
    return retry(() => pool.use(once).catch(terse));
  }

  /** Reads once whether the pool's sessions are READ COMMITTED already, which spares a round trip per claim. */
  async learnIsolation(): Promise<void> {
    // The variable is tx_isolation on MariaDB 10.11, transaction_isolation on MySQL; newer MariaDB has both.
    const found = await this.run<string[][]>(
      "SHOW SESSION VARIABLES WHERE Variable_name IN ('tx_isolation', 'transaction_isolation')",
      [],
      { repeatable: true },
    );
    this.setsIsolation = !found.some(([, level]) => level === 'READ-COMMITTED');
  }

  private async run<Result>(
    sql: string,
    bindings: readonly SqlValue[],
    options?: RetryOptions,
  ): Promise<Result> {
    const once = async (): Promise<Result> => {
      const answer = await this.knex
        .raw(sql, bindings as SqlValue[])
        .options(readAsText)
        .catch(terse);
      return answer[0];
    };
    const { pool } = this;
    return pool ? retry(() => pool.use(once), options) : once();
  }
}

const readAsText = {
  rowsAsArray: true,
  typeCast: (field: { type: string; string(): string | null }, next: () => unknown) =>
    field.type === 'DATETIME' ? field.string() : next(),
};

// knex writes the whole statement with its values into the message; job data has no place in a log.
function terse(error: unknown): never {
  if (error instanceof Error && 'sqlMessage' in error && typeof error.sqlMessage === 'string') {
    error.message = error.sqlMessage;
  }
  throw error;
}
