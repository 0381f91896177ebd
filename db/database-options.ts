import type { Knex } from 'knex';
import { checkIdentity, readDatabaseUrl, type ServerSettings } from './database-url.ts';
import { requireEncryption, type Unencrypted, unencryptedWords } from './encryption.ts';
import { checkHostKnex, type HostKnex } from './host/pool.ts';

/**
 * Which database, and how to reach it: a URL (see `readDatabaseUrl` for its parameters), or settings with exactly one of
 * `url`, `connection` and `knex`.
 */
export type DatabaseOptions = string | DatabaseSettings;

/** See {@link DatabaseOptions}. */
export interface DatabaseSettings {
  url?: string | undefined;
  /**
   * Connection settings of mysql2, or a function that returns them: then it is asked for every new connection, so that a
   * password may be a token that soon expires.
   */
  connection?: ConnectionSettings | (() => ConnectionSettings | Promise<ConnectionSettings>) | undefined;
  /**
   * The host's own knex on mysql2, 2.5 or later: its connections are borrowed for each statement or transaction, its
   * settings stay as they are, and it stays the host's to close.
   */
  knex?: HostKnex | undefined;
  /** Largest number of connections that a process holds at once; not with `knex`, which has its own. Default 10, in the worker 16. */
  poolSize?: number | undefined;
  /**
   * Whether the database may be reached over a network without encryption. In production it is refused unless `allow` is said,
   * elsewhere allowed unless `refuse` is. This machine needs none. Variable `POSTLANE_DATABASE_UNENCRYPTED`.
   */
  unencrypted?: Unencrypted | undefined;
}

/**
 * Settings of mysql2. What decides how values are read and written (`charset`, `timezone`, `typeCast` and the like)
 * may be there, since the host's own object often has it, and is left aside.
 */
export interface ConnectionSettings extends Omit<ServerSettings, 'ssl'> {
  ssl?: object | string | undefined;
  connectTimeout?: number | undefined;
  [other: string]: unknown;
}

/** The options as settings, checked. Throws an Error that names what cannot be followed, and never a password. */
export function databaseSettings(database: DatabaseOptions): DatabaseSettings {
  const settings = typeof database === 'string' ? { url: database } : database;
  if (typeof settings !== 'object' || settings === null)
    throw new Error(`The database must be a URL or an object with one of ${sources.join(', ')}.`);
  const unknown = Object.keys(settings).find(name => !(known as readonly string[]).includes(name));
  if (unknown) throw new Error(`The database has no option ${unknown}: there are ${known.join(', ')}.`);
  const given = sources.filter(source => settings[source] !== undefined);
  if (given.length !== 1)
    throw new Error(
      `The database needs one of ${sources.join(', ')}, and has ${given.join(' and ') || 'none'}.`,
    );
  const { poolSize } = settings;
  if (poolSize !== undefined && !(Number.isInteger(poolSize) && poolSize >= 2 && poolSize <= 1000))
    throw new Error('poolSize of the database must be a whole number from 2 to 1000.');
  const { unencrypted } = settings;
  if (unencrypted !== undefined && !unencryptedWords.includes(unencrypted))
    throw new Error('unencrypted of the database (POSTLANE_DATABASE_UNENCRYPTED) must be allow or refuse.');
  if (settings.knex) checkHostKnex(settings.knex);
  else if (typeof settings.connection !== 'function') {
    const server = serverSettings(settings);
    if (unencrypted === 'refuse') requireEncryption(server);
  }
  return settings;
}

/** The options as production takes them: without encryption no network is crossed, unless they allow that by name. */
export function encryptedByDefault(database: DatabaseOptions): DatabaseOptions {
  const settings = typeof database === 'string' ? { url: database } : database;
  if (typeof settings !== 'object' || settings === null) return database;
  return { ...settings, unencrypted: settings.unencrypted ?? 'refuse' };
}

const sources = ['url', 'connection', 'knex'] as const;
const known = [...sources, 'poolSize', 'unencrypted'] as const;

/** What mysql2 gets, from settings that are no function. */
export function serverSettings({ url, connection }: DatabaseSettings): ConnectionSettings {
  if (url !== undefined) return { ...readDatabaseUrl(url) };
  return checkedConnection(connection);
}

/** Settings as a host or its function gave them, without what is left aside. */
export function checkedConnection(given: unknown): ConnectionSettings {
  if (typeof given !== 'object' || given === null)
    throw new Error(
      'The connection of the database must be an object with settings of mysql2, or a function.',
    );
  const settings = Object.entries(given).filter(([name, value]) => value !== undefined && !ours.has(name));
  const unknown = settings.find(([name]) => !reach.has(name));
  if (unknown)
    throw new Error(`The connection of the database has a setting ${unknown[0]} that mysql2 has not.`);
  const checked: ConnectionSettings = Object.fromEntries(settings);
  checkIdentity(checked.host, typeof checked.ssl === 'object' ? checked.ssl : null);
  return checked;
}

// What says where the server is and how to get in.
const reach = new Set(
  `host port localAddress socketPath user password password1 password2 password3 passwordSha1 database ssl
   connectTimeout enableKeepAlive keepAliveInitialDelay compress connectAttributes authPlugins authSwitchHandler
   enableCleartextPlugin insecureAuth stream`.split(/\s+/),
);

// What says how values are read and written, and how many connections mysql2's own pools hold.
const ours = new Set(
  `charset charsetNumber timezone dateStrings typeCast supportBigNumbers bigNumberStrings decimalNumbers jsonStrings
   stringifyObjects rowsAsArray nestTables namedPlaceholders multipleStatements queryFormat flags debug trace disableEval
   maxPreparedStatements infileStreamFactory connectionLimit maxIdle idleTimeout queueLimit waitForConnections
   resetOnRelease gracefulEnd expirationChecker`.split(/\s+/),
);

/** The mysql2 settings of our pools; dates travel as UTC, big numbers as strings when unsafe. */
export function driverSettings(settings: ConnectionSettings): Knex.MySql2ConnectionConfig {
  return {
    connectTimeout: 10_000,
    ...settings,
    charset: 'utf8mb4',
    timezone: 'Z',
    supportBigNumbers: true,
  } as Knex.MySql2ConnectionConfig;
}

/** The same for a URL. */
export function connectionSettings(url: string): Knex.MySql2ConnectionConfig {
  return driverSettings(serverSettings({ url }));
}
