import { connect, type Db } from '../../db/connect.ts';

let shared: Db | undefined;

/** The pool that all tests of this process share, on the migrated database that `npm test` has made for them. */
export function testDatabase(): Db {
  shared ??= connect(testDatabaseUrl(), { poolSize: 10 });
  return shared;
}

/** The address of the test database, for tests that need a pool or a process of their own. */
export function testDatabaseUrl(): string {
  const url = process.env.TEST_DATABASE_URL;
  if (!url) throw new Error('TEST_DATABASE_URL is not set: run the tests with "npm test -- FILE".');
  return url;
}

/** Deletes every row of every table, the history of migrations aside. */
export async function emptyTables(db: Db): Promise<void> {
  // On one connection: the setting is the session's own, and one commit is quicker than one for each table.
  await db.transaction(async trx => {
    await trx.raw('SET SESSION FOREIGN_KEY_CHECKS = 0');
    try {
      for (const name of await tablesToEmpty(trx)) await trx(name).delete();
    } finally {
      await trx.raw('SET SESSION FOREIGN_KEY_CHECKS = 1');
    }
  });
}

async function tablesToEmpty(db: Db): Promise<string[]> {
  const rows: { name: string }[] = await db('information_schema.tables')
    .select({ name: 'table_name' })
    .whereRaw("table_schema = DATABASE() AND table_type = 'BASE TABLE'");
  return rows.map(({ name }) => name).filter(name => !name.startsWith('postlane_migrations'));
}

/** Closes the shared pool, at the end of all tests; a later {@link testDatabase} opens a new one. */
export async function closeTestDatabase(): Promise<void> {
  const closing = shared;
  shared = undefined;
  await closing?.destroy();
}
