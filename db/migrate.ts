import type { Knex } from 'knex';
import { findCollisions } from './collisions.ts';
import { connect, type Db } from './connect.ts';
import { checkHistory, historyTable, pendingIn, readHistory } from './history.ts';
import { migrations } from './migrations/index.ts';
import { recordedStatements } from './recorded.ts';
import { SchemaError } from './schema-error.ts';

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

const migrationConfig: Knex.MigratorConfig = {
  migrationSource,
  tableName: historyTable,
  // DDL commits by itself on both engines; a transaction around it would only pretend.
  disableTransactions: true,
  // A newer release may have run migrations that are not here: see checkHistory.
  disableMigrationsListValidation: true,
};

// A lock's name may have 64 characters, as many as that of a database; and it is compared without regard to case.
const lockName = "CONCAT('postlane:', LEFT(SHA2(LOWER(DATABASE()), 256), 40))";

/**
 * Brings the schema up to date and returns the names of the migrations it ran; where there are none, it only reads.
 * Several processes may start at once: one migrates, the others wait for it (GET_LOCK, at most 60 s). Where one was killed
 * in the middle, the next one completes its work. Throws, with everything in the way named and before anything is changed,
 * when tables of others have our names, rights are missing, or a newer release has made the schema unfit for this one.
 */
export async function migrate(db: Db): Promise<string[]> {
  if ((await pendingMigrations(db)).length === 0) return [];
  return db.transaction(async lockHolder => {
    const [[row]] = await lockHolder.raw(`SELECT GET_LOCK(${lockName}, 60) AS locked`);
    if (row.locked !== 1)
      throw new SchemaError('Another process has been migrating this database for a minute.');
    try {
      const pending = await pendingMigrations(db);
      if (pending.length === 0) return [];
      const collisions = await findCollisions(db, pending);
      if (collisions.length > 0)
        throw new SchemaError(`Nothing was migrated:\n${collisions.map(one => `  - ${one}`).join('\n')}`);
      // knex marks its own lock in a row, which a killed process leaves marked. Nobody else is here, so it is stale.
      await db.migrate.forceFreeMigrationsLock(migrationConfig);
      const [, names] = await db.migrate.latest(migrationConfig);
      return names;
    } finally {
      await lockHolder.raw(`SELECT RELEASE_LOCK(${lockName})`);
    }
  });
}

/** The names of the migrations that a database lacks. Throws as {@link migrate} does for a history that is unfit. */
export async function pendingMigrations(db: Db): Promise<string[]> {
  const history = await readHistory(db);
  checkHistory(history ?? []);
  return pendingIn(history);
}

/** For a process that must not migrate: throws, and says what to run, when the schema is behind or unfit. */
export async function checkSchema(db: Db): Promise<void> {
  const pending = await pendingMigrations(db);
  if (pending.length === 0) return;
  throw new SchemaError(
    `The database lacks ${pending.length} of Postlane's migrations (${pending.join(', ')}): run "postlane migrate" with a user who may create and alter tables, or have the statements of "postlane migrate --sql" run.`,
  );
}

/**
 * What a person would run to bring a database up to date by hand, its history included; empty when it is. It reads the
 * database and changes nothing.
 */
export async function migrateSql(db: Db): Promise<string> {
  const pending = await pendingMigrations(db);
  if (pending.length === 0) return '';
  const statements: string[] = [];
  for (const name of pending) {
    statements.push(...(await recordedStatements(db, [name])));
    statements.push(
      `INSERT INTO ${historyTable} (name, batch, migration_time) VALUES ('${name}', 1, CURRENT_TIMESTAMP)`,
    );
  }
  return [...historyStatements, ...statements].map(statement => `${statement};\n`).join('\n');
}

// As knex makes them.
const historyStatements = [
  `CREATE TABLE IF NOT EXISTS ${historyTable} (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255),
  batch INT, migration_time TIMESTAMP NULL)`,
  `CREATE TABLE IF NOT EXISTS ${historyTable}_lock (\`index\` INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  is_locked INT)`,
];

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
