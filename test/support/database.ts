import type { Knex } from 'knex';
import { connect, type Db } from '../../db/connect.ts';
import { createDatabase, dropDatabase, migrate } from '../../db/migrate.ts';

export { emptyTables } from '../../db/empty-tables.ts';

/** A pool on which tests look at rows freely: what they expect of a row is what they assert. */
// biome-ignore lint/suspicious/noExplicitAny: a row of any table, whole or in parts, as a test wants to see it.
export type TestDb = ((table: string) => Knex.QueryBuilder<any, any[]>) & Db;

let shared: TestDb | undefined;

/** The pool that all tests of this process share, on the migrated database that `npm test` has made for them. */
export function testDatabase(): TestDb {
  shared ??= connect(testDatabaseUrl(), { poolSize: 10 }) as TestDb;
  return shared;
}

/** The address of the test database, for tests that need a pool or a process of their own. */
export function testDatabaseUrl(): string {
  const url = process.env.TEST_DATABASE_URL;
  if (!url) throw new Error('TEST_DATABASE_URL is not set: run the tests with "npm test -- FILE".');
  return url;
}

/** Makes the migrated database of this worker process: the one of the run for the first, others beside it. */
export async function prepareTestDatabase(): Promise<void> {
  const worker = Number(process.env.MOCHA_WORKER_ID);
  if (worker > 0) {
    const url = new URL(testDatabaseUrl());
    url.pathname += `_${worker + 1}`;
    process.env.TEST_DATABASE_URL = url.href;
    await dropDatabase(url.href);
    await createDatabase(url.href);
  }
  const db = connect(testDatabaseUrl(), { poolSize: 2 });
  try {
    await migrate(db);
  } finally {
    await db.destroy();
  }
}
