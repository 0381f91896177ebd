import type { Knex } from 'knex';
import { connect, type Db } from './connect.ts';
import { migrations } from './migrations/index.ts';

const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: async () => Object.keys(migrations),
  getMigrationName: name => name,
  getMigration: async name => {
    const migration = migrations[name];
    if (!migration) throw new Error(`There is no migration named ${name}.`);
    return { up: migration.up, down: goOnlyForward };
  },
};

/** A mistake is corrected by the next migration. */
async function goOnlyForward(): Promise<void> {
  throw new Error('Migrations only go forward.');
}

/** knex's settings for our migrations: their own history table, so that a host's history is left alone. */
const migrationConfig: Knex.MigratorConfig = {
  migrationSource,
  tableName: 'postlane_migrations',
  // DDL commits by itself on both engines; a transaction around it would only pretend.
  disableTransactions: true,
};

// A lock's name may have 64 characters, as many as that of a database; and it is compared without regard to case.
const lockName = "CONCAT('postlane:', LEFT(SHA2(LOWER(DATABASE()), 256), 40))";

/**
 * Brings the schema up to date and returns the names of the migrations it ran.
 * Several processes may start at once: one migrates, the others wait for it (GET_LOCK, at most 60 s).
 * Where one was killed in the middle, the next one completes its work.
 */
export async function migrate(db: Db): Promise<string[]> {
  return db.transaction(async lockHolder => {
    const [[row]] = await lockHolder.raw(`SELECT GET_LOCK(${lockName}, 60) AS locked`);
    if (row.locked !== 1) throw new Error('Another process has been migrating this database for a minute.');
    try {
      // knex marks its own lock in a row, which a killed process leaves marked. Nobody else is here, so it is stale.
      await db.migrate.forceFreeMigrationsLock(migrationConfig);
      const [, names] = await db.migrate.latest(migrationConfig);
      return names;
    } finally {
      await lockHolder.raw(`SELECT RELEASE_LOCK(${lockName})`);
    }
  });
}

/** Creates the database named in the URL when it is missing. */
export async function createDatabase(url: string): Promise<void> {
  const { name, server } = splitDatabase(url);
  const db = connect(server, { poolSize: 1 });
  try {
    await db.raw('CREATE DATABASE IF NOT EXISTS ?? CHARACTER SET utf8mb4 COLLATE utf8mb4_bin', [name]);
  } finally {
    await db.destroy();
  }
}

/** Removes the database named in the URL with everything in it. */
export async function dropDatabase(url: string): Promise<void> {
  const { name, server } = splitDatabase(url);
  const db = connect(server, { poolSize: 1 });
  try {
    await db.raw('DROP DATABASE IF EXISTS ??', [name]);
  } finally {
    await db.destroy();
  }
}

function splitDatabase(url: string): { name: string; server: string } {
  const server = new URL(url);
  const name = decodeURIComponent(server.pathname.slice(1));
  server.pathname = '/';
  return { name, server: server.href };
}
