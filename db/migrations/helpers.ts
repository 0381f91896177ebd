import type { Knex } from 'knex';

// Frozen with the migrations that use it: what is needed besides is added, nothing here is changed.

/** Adds a column unless the table has it, such as `addColumnIfMissing(db, 'postlane_messages', 'note', 'TEXT NULL')`. */
export async function addColumnIfMissing(
  db: Knex,
  table: string,
  column: string,
  definition: string,
): Promise<void> {
  const found = await rowExists(db, 'columns', { table_name: table, column_name: column });
  if (!found) await db.raw(`ALTER TABLE ?? ADD COLUMN ?? ${definition}`, [table, column]);
}

/** Adds an index unless the table has one of that name; `kind` is KEY or UNIQUE KEY. */
export async function addIndexIfMissing(
  db: Knex,
  table: string,
  name: string,
  columns: string[],
  kind: 'KEY' | 'UNIQUE KEY' = 'KEY',
): Promise<void> {
  const found = await rowExists(db, 'statistics', { table_name: table, index_name: name });
  if (!found) await db.raw(`ALTER TABLE ?? ADD ${kind} ?? (??)`, [table, name, columns]);
}

async function rowExists(db: Knex, view: string, where: Record<string, string>): Promise<boolean> {
  const rows = await db(`information_schema.${view}`)
    .select(db.raw('1'))
    .where(where)
    .whereRaw('table_schema = DATABASE()')
    .limit(1);
  return rows.length > 0;
}
