import type { Db, Trx } from './connect.ts';

/** Names of our tables, asked for once for each pool: asking takes longer than emptying them. */
const known = new WeakMap<Db, Promise<string[]>>();

/**
 * Deletes every row of our tables, the history of migrations aside, for the next test to begin with nothing; `keep` says of
 * a table whether it stays as it is. Tables of the host are left alone.
 */
export async function emptyTables(db: Db, keep: (table: string) => boolean = () => false): Promise<void> {
  const names = known.get(db) ?? ourTables(db);
  known.set(db, names);
  names.catch(() => known.delete(db));
  const tables = (await names).filter(name => !keep(name));
  // On one connection: the setting is the session's own, and one commit is quicker than one for each table.
  await db.transaction(async trx => {
    const filled = await filledOf(trx, tables);
    if (filled.length === 0) return;
    await trx.raw('SET SESSION FOREIGN_KEY_CHECKS = 0');
    try {
      for (const name of filled) await trx(name).delete();
    } finally {
      await trx.raw('SET SESSION FOREIGN_KEY_CHECKS = 1');
    }
  });
}

async function ourTables(db: Db): Promise<string[]> {
  const rows: { name: string }[] = await db('information_schema.tables')
    .select({ name: 'table_name' })
    .whereRaw("table_schema = DATABASE() AND table_type = 'BASE TABLE' AND table_name LIKE 'postlane\\_%'");
  if (rows.length === 0) throw new Error('This database has none of our tables: run migrate first.');
  return rows.map(({ name }) => name).filter(name => !name.startsWith('postlane_migrations'));
}

/** Those with rows in them, in one query: most are empty, and each DELETE is a round trip. */
async function filledOf(trx: Trx, tables: readonly string[]): Promise<string[]> {
  const asked = tables
    .map(() => 'SELECT ? AS name FROM DUAL WHERE EXISTS (SELECT 1 FROM ??)')
    .join(' UNION ALL ');
  const [rows]: { name: string }[][] = await trx.raw(
    asked,
    tables.flatMap(name => [name, name]),
  );
  return (rows ?? []).map(({ name }) => name);
}
