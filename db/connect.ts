import knex, { type Knex } from 'knex';

/** A pool, or a transaction taken from one: what every store function receives first. */
export type Db = Knex;

/** A transaction, of ours or of a caller. */
export type Trx = Knex.Transaction;

/** Options of {@link connect}. */
export interface ConnectOptions {
  /** Largest number of connections held at once. Default 10. */
  poolSize?: number;
  /** How long a query may wait for a free connection, in ms. Default 10,000. */
  acquireTimeoutMs?: number;
  /** How long a connection that nobody uses is kept, in ms. Default 30,000. */
  idleMs?: number;
}

/**
 * Opens the one kind of pool this product uses: UTC, READ COMMITTED, full Unicode, strict SQL.
 * `url` is `mysql://user:pass@host:port/name`; a private server is reached by `?socketPath=/path`.
 */
export function connect(
  url: string,
  { poolSize = 10, acquireTimeoutMs = 10_000, idleMs = 30_000 }: ConnectOptions = {},
): Db {
  return knex({
    client: 'mysql2',
    connection: connectionSettings(url),
    acquireConnectionTimeout: acquireTimeoutMs,
    // Errors end in logs; the values of a statement must not.
    compileSqlOnError: false,
    // What knex prints it throws as well, and a log has one road.
    log: { warn() {}, error() {}, deprecate() {}, debug() {} },
    pool: {
      min: 0,
      max: poolSize,
      idleTimeoutMillis: idleMs,
      afterCreate: (connection: RawConnection, done: Done) => prepareSession(connection, done),
    },
  });
}

/** The mysql2 settings behind a database URL; dates travel as UTC, big numbers as strings when unsafe. */
export function connectionSettings(url: string): Knex.MySql2ConnectionConfig {
  const parsed = new URL(url);
  const socketPath = parsed.searchParams.get('socketPath');
  return {
    ...(socketPath
      ? { socketPath }
      : { host: parsed.hostname || '127.0.0.1', port: Number(parsed.port || 3306) }),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database: decodeURIComponent(parsed.pathname.slice(1)),
    charset: 'utf8mb4',
    timezone: 'Z',
    supportBigNumbers: true,
    connectTimeout: 10_000,
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
       SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'`,
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
