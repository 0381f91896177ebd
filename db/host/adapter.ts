import type { HostConnection } from './client.ts';

/** An open transaction of any library; see `transactionAdapter` for those that have no hook after the commit. */
export interface TransactionAdapter {
  /**
   * Runs one statement in the transaction. Its values are written into it, so it takes no parameters. Resolves to what the
   * library gives: the rows, or `[rows, ...]`.
   */
  query(sql: string): PromiseLike<unknown>;
  /** Calls back once the transaction has committed, and never after a rollback. */
  afterCommit(work: () => void): unknown;
}

/**
 * An adapter for a library without a hook after the commit: call `committed()` once it has committed, and what was asked
 * for in the transaction is handed over at once. Where that is forgotten the worker does it, some 15 s later.
 */
export function transactionAdapter(
  query: (sql: string) => PromiseLike<unknown>,
): TransactionAdapter & { committed(): void } {
  const waiting: (() => void)[] = [];
  return {
    query,
    afterCommit: work => void waiting.push(work),
    committed() {
      for (const work of waiting.splice(0)) work();
    },
  };
}

/** A connection that runs its statements through an adapter. */
export function connectionThrough(adapter: TransactionAdapter): HostConnection {
  return {
    query({ sql }, done) {
      answer(adapter, sql).then(
        found => done(null, found, []),
        error => done(error),
      );
    },
  };
}

type Row = Record<string, unknown>;

/** Rows, or what a write has changed, from the different forms that libraries give them in. */
async function answer(adapter: TransactionAdapter, sql: string): Promise<unknown> {
  const given = await adapter.query(sql);
  const [first] = Array.isArray(given) ? given : [given];
  if (/^\s*(SELECT|SHOW)\b/i.test(sql))
    return (Array.isArray(first) ? first : (given as unknown[])).map(readRow);
  return isHeader(first) ? first : lastWrite(adapter);
}

function isHeader(value: unknown): value is { affectedRows: number; insertId: number } {
  return typeof value === 'object' && value !== null && 'affectedRows' in value && 'insertId' in value;
}

/** What the last statement changed, asked of the database: not every library tells. */
async function lastWrite(adapter: TransactionAdapter) {
  const rows = await answer(adapter, 'SELECT ROW_COUNT() AS changed, LAST_INSERT_ID() AS inserted');
  const [row] = rows as Row[];
  return { affectedRows: Number(row?.changed), insertId: Number(row?.inserted) };
}

function readRow(row: unknown): Row {
  return Object.fromEntries(Object.entries(row as Row).map(([column, value]) => [column, readValue(value)]));
}

function readValue(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  // Nobody knows in which zone the library has read it.
  if (value instanceof Date) throw new Error('Dates cannot be read through an adapter: select them as text.');
  return value;
}
