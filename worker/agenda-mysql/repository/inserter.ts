import { Batcher } from '../../../db/batcher.ts';
import { isConnectionLost, isDuplicate } from '../../../db/error-codes.ts';
import type { Database, SqlValue } from '../database/database.ts';
import { marks } from '../tables/rows.ts';

/** A row by column; all rows name the same columns in the same order. */
export type NewRow = Map<string, SqlValue>;

interface Pending {
  row: NewRow;
  error: unknown;
}

const smallData = 16_384; // characters; rows with more travel alone, a packet has its limit

/** Inserts jobs; those that meet share one statement and so one commit. */
export class Inserter {
  private readonly db: Database;
  private readonly batches = new Batcher<Pending>(pending => this.insertTogether(pending), { largest: 50 });

  constructor(db: Database) {
    this.db = db;
  }

  /** Inserts a row. */
  async insert(row: NewRow): Promise<void> {
    const data = row.get('data');
    if (typeof data === 'string' && data.length > smallData) return insertRow(this.db, row);
    const pending: Pending = { row, error: undefined };
    await this.batches.add(pending);
    if (pending.error !== undefined) throw pending.error;
  }

  // Whatever is wrong with a shared statement, each row then gets its own answer; a lost database is for all.
  private async insertTogether(pending: Pending[]): Promise<void> {
    if (pending.length === 1) return this.insertAlone(pending);
    try {
      await insertRows(
        this.db,
        pending.map(each => each.row),
      );
    } catch (error) {
      if (!isConnectionLost(error)) return this.insertAlone(pending);
      for (const each of pending) each.error = error;
    }
  }

  private async insertAlone(pending: Pending[]): Promise<void> {
    for (const each of pending) {
      try {
        await insertRow(this.db, each.row);
      } catch (error) {
        each.error = error;
      }
    }
  }
}

/** Inserts one row by itself. */
export async function insertRow(db: Database, row: NewRow): Promise<void> {
  try {
    await insertRows(db, [row]);
  } catch (error) {
    if (!isDuplicate(error)) throw error; // our own id: an earlier try went through, only its answer was lost
  }
}

/** The INSERT of some rows. */
export function insertInto(table: string, rows: readonly NewRow[]): string {
  const columns = [...(rows[0]?.keys() ?? [])];
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${rows.map(() => `(${marks(columns.length)})`).join(', ')}`;
}

async function insertRows(db: Database, rows: NewRow[]): Promise<void> {
  const bindings = rows.flatMap(row => [...row.values()]);
  await db.write(insertInto(db.tables.jobs, rows), bindings, { repeatable: true });
}
