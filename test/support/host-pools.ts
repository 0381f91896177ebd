import knex, { type Knex } from 'knex';
import { connectionSettings } from '../../db/database-options.ts';
import { testDatabaseUrl } from './database.ts';

interface Session {
  query(sql: string, done: (error: Error | null) => void): void;
}

/** How a host may have opened its pool. */
export interface HostPool {
  /** A statement that each session begins with. */
  begin?: string;
  connection?: object;
  config?: Knex.Config;
}

const shout = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shout);
  if (typeof value !== 'object' || value === null || value instanceof Date || Buffer.isBuffer(value))
    return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.toUpperCase(), inner]));
};

/** Pools as hosts have them, each with something that would change what our statements and rows mean. */
export const oddHosts: Record<string, HostPool> = {
  'a session and a driver in zones of their own': {
    begin: "SET time_zone = '-05:00'",
    connection: { timezone: '+09:00' },
  },
  'dates as strings and a cast of its own': {
    connection: { dateStrings: true, typeCast: () => 'cast', supportBigNumbers: false, decimalNumbers: true },
  },
  NO_BACKSLASH_ESCAPES: { begin: "SET sql_mode = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES'" },
  'a mode that is neither strict nor ours': {
    begin: "SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,NO_AUTO_VALUE_ON_ZERO'",
  },
  SERIALIZABLE: { begin: 'SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE' },
  'names in capitals': {
    config: {
      wrapIdentifier: (name, wrap) => wrap(name === '*' ? name : name.toLowerCase()),
      postProcessResponse: shout,
    },
  },
  'rows as lists': { connection: { rowsAsArray: true } },
};

/** A host whose sessions speak latin1. */
export const latin1: HostPool = { begin: 'SET NAMES latin1', connection: { charset: 'latin1' } };

/** A pool of a host's, on the test database unless `database` names another. */
export function hostPool(
  { begin = 'DO 0', connection, config }: HostPool = {},
  { database, size = 6 }: { database?: string; size?: number } = {},
): Knex {
  const prepare = (session: Session, done: (error: Error | null, session: Session) => void) =>
    session.query(begin, error => done(error, session));
  return knex({
    client: 'mysql2',
    connection: {
      ...connectionSettings(testDatabaseUrl()),
      timezone: 'local',
      ...(database && { database }),
      ...connection,
    },
    log: { warn() {} },
    pool: { min: 0, max: size, afterCreate: prepare },
    ...config,
  });
}
