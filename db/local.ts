import { connect } from './connect.ts';
import { startContainer } from './local/container.ts';
import { findEngine } from './local/engine.ts';
import { localFolder } from './local/folder.ts';
import { installEngine } from './local/install.ts';
import type { LocalDatabase, LocalOptions } from './local/local-database.ts';
import { startPrivateServer } from './local/private-server.ts';
import { createDatabase, dropDatabase } from './migrate.ts';

export type { LocalDatabase, LocalOptions };

/**
 * The database that a command works on, created and empty of tables or as its last run left it: `DATABASE_URL` as it
 * is, else a private server. For `test` and `bench` it is always recreated, under the name with `_test` or `_bench`
 * behind it, so that neither ever touches the database that was given.
 */
export async function resolveDatabase(
  options: LocalOptions & { env: NodeJS.ProcessEnv },
): Promise<LocalDatabase> {
  const given = options.env.DATABASE_URL;
  const database = given ? await serverOf(given) : await startLocalDatabase(options);
  try {
    if (options.name !== 'start') return await recreated(database, options);
    if (!given) await createDatabase(database.url);
    return database;
  } catch (error) {
    await database.stop();
    throw error;
  }
}

async function serverOf(url: string): Promise<LocalDatabase> {
  const db = connect(url, { poolSize: 1 });
  try {
    const [[row]] = await db.raw('SELECT VERSION() AS version');
    const version = String(row.version);
    const engine = version.includes('MariaDB') ? `MariaDB ${version.split('-')[0]}` : `MySQL ${version}`;
    return { url, engine, stop: async () => {} };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The database of DATABASE_URL cannot be used: ${reason}`, { cause: error });
  } finally {
    await db.destroy();
  }
}

async function recreated(
  database: LocalDatabase,
  { name: purpose, log }: LocalOptions,
): Promise<LocalDatabase> {
  const url = new URL(database.url);
  const name = `${decodeURIComponent(url.pathname.slice(1))}_${purpose}`;
  url.pathname = `/${encodeURIComponent(name)}`;
  log(`Recreating the database ${name} on ${database.engine} ...`);
  await dropDatabase(url.href);
  await createDatabase(url.href);
  return { ...database, url: url.href };
}

/**
 * Starts a private database server under `.postlane/<name>/`, from the MariaDB or MySQL of this machine, which is
 * installed first where there is none. No existing server is touched. The server ends with this process at the
 * latest, however this process ends. Throws an Error whose message a person can act on.
 */
export async function startLocalDatabase(options: LocalOptions): Promise<LocalDatabase> {
  const folder = localFolder(options.name, options.root);
  const release = folder.lock();
  try {
    const engine = (await findEngine()) ?? (await installEngine(options));
    const server =
      engine === 'container'
        ? await startContainer(folder, options)
        : await startPrivateServer(folder, engine, options);
    return { ...server, stop: () => server.stop().finally(release) };
  } catch (error) {
    release();
    throw error;
  }
}
