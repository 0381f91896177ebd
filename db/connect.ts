import knex, { type Knex } from 'knex';
import {
  checkedConnection,
  type DatabaseOptions,
  databaseSettings,
  driverSettings,
  serverSettings,
} from './database-options.ts';
import { requireEncryption } from './encryption.ts';
import { poolOfHost } from './host/pool.ts';
import { ownMode } from './host/session.ts';

export type { DatabaseOptions, DatabaseSettings } from './database-options.ts';

/** A pool, or a transaction taken from one: what every store function receives first. */
export type Db = Knex;

/** A transaction, of ours or of a caller. */
export type Trx = Knex.Transaction;

/** Options of {@link connect}. */
export interface ConnectOptions {
  /** Largest number of connections held at once, whatever the database's own options say. */
  poolSize?: number | undefined;
  /** The same where they say nothing. Default 10. */
  defaultPoolSize?: number | undefined;
  /** How long a query may wait for a free connection, in ms. Default 10,000. */
  acquireTimeoutMs?: number | undefined;
  /** How long a connection that nobody uses is kept, in ms. Default 30,000. */
  idleMs?: number | undefined;
  /** Whether one query may be several statements; see `together.ts`. Default false. */
  severalStatements?: boolean | undefined;
}

/**
 * Opens the one kind of pool this product uses: UTC, READ COMMITTED, full Unicode, strict SQL. No connection is made
 * yet. Throws an Error that says what to change when the options cannot be followed.
 */
export function connect(
  database: DatabaseOptions,
  {
    poolSize,
    defaultPoolSize = 10,
    acquireTimeoutMs = 10_000,
    idleMs = 30_000,
    severalStatements = false,
  }: ConnectOptions = {},
): Db {
  const settings = databaseSettings(database);
  const mustEncrypt = settings.unencrypted === 'refuse';
  if (settings.knex) return poolOfHost(settings.knex, { mustEncrypt });
  const withStatements = (driver: Knex.MySql2ConnectionConfig) =>
    severalStatements ? { ...driver, multipleStatements: true } : driver;
  const ask = typeof settings.connection === 'function' ? settings.connection : null;
  const db = knex({
    client: 'mysql2',
    connection: ask ? {} : withStatements(driverSettings(serverSettings(settings))),
    acquireConnectionTimeout: acquireTimeoutMs,
    // Errors end in logs; the values of a statement must not.
    compileSqlOnError: false,
    // What knex prints it throws as well, and a log has one road.
    log: { warn() {}, error() {}, deprecate() {}, debug() {} },
    pool: {
      min: 0,
      max: poolSize ?? settings.poolSize ?? defaultPoolSize,
      idleTimeoutMillis: idleMs,
      afterCreate: (connection: RawConnection, done: Done) => prepareSession(connection, done),
    },
  });
  if (ask)
    askForEach(db.client, async () => {
      const given = checkedConnection(await ask());
      if (mustEncrypt) requireEncryption(given);
      return withStatements(driverSettings(given));
    });
  return db;
}

/** Asks for the settings of every new connection; knex by itself would ask once. */
function askForEach(client: Knex.Client, settings: () => Promise<Knex.MySql2ConnectionConfig>): void {
  const open = client.acquireRawConnection.bind(client);
  client.acquireRawConnection = async () => {
    client.connectionSettings = await settings();
    return open();
  };
}

interface RawConnection {
  query(sql: string, done: (error: Error | null) => void): void;
}

// READ COMMITTED: claims with SKIP LOCKED then lock the rows they return and no gaps beside them.
// Its own statement, because the variable has another name on MariaDB 10.11 than on MySQL.
const sessionSettings = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  `SET SESSION time_zone = '+00:00', SESSION innodb_lock_wait_timeout = 10,
       SESSION sql_mode = '${ownMode}'`,
];

type Done = (error: Error | null, connection: RawConnection) => void;

function prepareSession(connection: RawConnection, done: Done, [first, ...rest] = sessionSettings): void {
  if (!first) {
    done(null, connection);
    return;
  }
  connection.query(first, error =>
    error ? done(error, connection) : prepareSession(connection, done, rest),
  );
}

/** What the database takes the time to be. */
export async function databaseTime(db: Db): Promise<Date> {
  const [[row]] = await db.raw('SELECT UTC_TIMESTAMP(3) AS at');
  return row.at;
}
