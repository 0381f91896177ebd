import knex, { type Knex } from 'knex';
import { type SqlValue, withLiterals } from './literals.ts';

/** A connection of somebody else's, as mysql2 and mysql make them. */
export interface HostConnection {
  query(
    options: QueryOptions,
    done: (error: Error | null, rows?: unknown, fields?: unknown) => void,
  ): unknown;
  destroy?(): void;
  config?: { clientFlags?: number };
  /** Its socket, which on a Unix socket has no address. */
  stream?: { remoteAddress?: string | undefined };
}

/** What a query is given besides the settings that its connection was opened with. */
export interface QueryOptions {
  sql: string;
  typeCast?: (field: Field, next: () => unknown) => unknown;
  rowsAsArray?: boolean;
  nestTables?: boolean;
  supportBigNumbers?: boolean;
}

interface Field {
  type: string;
  string(encoding?: string): string | null;
}

interface Query {
  sql: string;
  bindings?: readonly SqlValue[];
  options?: Partial<QueryOptions>;
  response?: [rows: unknown, fields: unknown];
}

const Mysql2Client = knex({ client: 'mysql2' }).client.constructor as typeof knex.Client;

/** Where connections come from, and where they go back to. */
export interface Lender {
  acquire(): Promise<HostConnection>;
  release(connection: HostConnection): Promise<void>;
}

/** Our own knex on connections that we did not open, and do not close. See {@link HostClient}. */
export function knexOn(lender: Lender): Knex {
  const db = knex({
    client: HostClient,
    // Errors end in logs; the values of a statement must not.
    compileSqlOnError: false,
    log: { warn() {}, error() {}, deprecate() {}, debug() {} },
  });
  (db.client as HostClient).lender = lender;
  return db;
}

/**
 * knex's client for connections that we did not open. Statements are written and rows are read in a way that does not
 * depend on the connection's settings, and every transaction that it begins is READ COMMITTED.
 */
class HostClient extends Mysql2Client {
  lender: Lender | undefined;

  override async acquireConnection(): Promise<HostConnection> {
    if (!this.lender) throw new Error('This knex has no connections.');
    return this.lender.acquire();
  }

  override async releaseConnection(connection: HostConnection): Promise<void> {
    await this.lender?.release(connection);
  }

  // knex's own hook, which its types leave out.
  async _query(connection: HostConnection, given: string | Query): Promise<Query> {
    const query = typeof given === 'string' ? { sql: given } : given;
    const sql = withLiterals(query.sql, query.bindings);
    const response = await new Promise<[unknown, unknown]>((resolve, reject) => {
      connection.query({ ...ownReading, ...query.options, sql }, (error, rows, fields) =>
        error ? reject(error) : resolve([rows, fields]),
      );
    });
    return Object.assign(query, { response });
  }

  override transaction(container: unknown, config: object | undefined, outer: unknown) {
    const settings = outer ? config : { isolationLevel: 'read committed', ...config };
    return super.transaction(container, settings, outer);
  }
}

/** How rows of our own connections are read: dates as UTC, numbers that are unsafe as text. */
const ownReading = {
  rowsAsArray: false,
  nestTables: false,
  supportBigNumbers: true,
  typeCast: (field: Field, next: () => unknown): unknown => {
    const read = readers[field.type];
    if (!read) return next();
    const text = field.type === 'JSON' ? field.string('utf8') : field.string();
    return text === null ? null : read(text);
  },
} satisfies Partial<QueryOptions>;

const readers: Record<string, (text: string) => unknown> = {
  DATE: text => new Date(`${text}T00:00:00Z`),
  DATETIME: text => new Date(`${text.replace(' ', 'T')}Z`),
  TIMESTAMP: text => new Date(`${text.replace(' ', 'T')}Z`),
  LONGLONG: text => (Number.isSafeInteger(Number(text)) ? Number(text) : text),
  DECIMAL: text => text,
  NEWDECIMAL: text => text,
  JSON: text => JSON.parse(text),
};
