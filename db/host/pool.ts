import type { Knex } from 'knex';
import { requireEncrypted } from '../encryption.ts';
import { type HostConnection, knexOn } from './client.ts';
import { cipherSql, isFitMode, ownMode, type Session, sessionSql } from './session.ts';

/** A host's knex, 2.5 or later, as far as it is used here. */
export interface HostKnex {
  readonly client: unknown;
  raw(...statement: never[]): unknown;
}

/** The part of knex's client that lends connections. */
interface HostKnexClient {
  driverName?: string;
  pool?: { max?: number };
  acquireConnection(): Promise<HostConnection>;
  releaseConnection(connection: HostConnection): unknown;
}

/**
 * Our own knex on the connections of a host's pool, which stays the host's to close. Nothing that the host has set is
 * left changed: a session whose SQL mode would misread our statements is given ours for as long as it is lent. With
 * `mustEncrypt` a connection that crosses a network in plain text is refused.
 */
export function poolOfHost(host: HostKnex, { mustEncrypt = false }: { mustEncrypt?: boolean } = {}): Knex {
  checkHostKnex(host);
  const lender = host.client as HostKnexClient;
  const sessions = new WeakMap<HostConnection, Session>();

  const borrow = async (): Promise<HostConnection> => {
    const connection = await lender.acquireConnection();
    try {
      const session = sessions.get(connection) ?? (await fitSession(connection, mustEncrypt));
      sessions.set(connection, session);
      if (!isFitMode(session.mode)) await setMode(connection, ownMode);
      return connection;
    } catch (error) {
      lender.releaseConnection(connection);
      throw error;
    }
  };

  const giveBack = async (connection: HostConnection): Promise<void> => {
    const session = sessions.get(connection);
    try {
      if (session && !isFitMode(session.mode)) await setMode(connection, session.mode);
    } catch {
      connection.destroy?.();
    }
    await lender.releaseConnection(connection);
  };

  return knexOn({ acquire: borrow, release: giveBack });
}

/** Throws an Error that says what is wrong with a host's knex, as far as that can be told without a connection. */
export function checkHostKnex(host: HostKnex): void {
  const { client } = host as { client?: Partial<HostKnexClient> };
  if (typeof client?.acquireConnection !== 'function' || typeof client.releaseConnection !== 'function')
    throw new Error(
      'The knex of the database must be a knex instance, as knex({ client: "mysql2", ... }) returns it.',
    );
  if ('isTransaction' in host && host.isTransaction)
    throw new Error('The knex of the database is a transaction: give the instance that it was made by.');
  if (client.driverName !== 'mysql2')
    throw new Error(
      `The knex of the database must be on the driver mysql2, not on ${client.driverName}; or give a url.`,
    );
  // Migrating holds one connection and works on another.
  const max = client.pool?.max;
  if (max !== undefined && max < 2)
    throw new Error('The knex of the database has a pool of one connection; Postlane needs two at least.');
}

const foundRows = 0x2;

/** The settings of a connection that we can work on. Throws an Error that says what to change on the host's side. */
async function fitSession(connection: HostConnection, mustEncrypt: boolean): Promise<Session> {
  if (mustEncrypt) {
    const [status] = await query<{ Value: string }>(connection, cipherSql);
    requireEncrypted(status?.Value ?? '', { remoteAddress: remoteAddress(connection) });
  }
  const [session] = await query<Session>(connection, sessionSql);
  if (!session) throw new Error('The database told nothing of its session.');
  const { charset, results, autocommit } = session;
  const fits = (name: string | null) => name === null || name === 'utf8mb4' || name === 'binary';
  if (!fits(charset) || !fits(results))
    throw new Error(
      `The sessions of the database's knex use the character set ${fits(charset) ? results : charset}, which would lose text: open it with charset: 'utf8mb4', or give a url.`,
    );
  if (!autocommit)
    throw new Error(
      "The sessions of the database's knex have autocommit off: nothing would be stored. Give a url.",
    );
  if (((connection.config?.clientFlags ?? foundRows) & foundRows) === 0)
    throw new Error(
      "The database's knex has the flag -FOUND_ROWS, so that updates are counted otherwise: give a url.",
    );
  return session;
}

// Without a socket to be seen nobody knows where it leads.
function remoteAddress({ stream }: HostConnection): string | undefined {
  return stream ? stream.remoteAddress : 'another machine';
}

async function setMode(connection: HostConnection, mode: string): Promise<void> {
  await query(connection, `SET SESSION sql_mode = '${mode}'`);
}

function query<Row>(connection: HostConnection, sql: string): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    const plainly = {
      rowsAsArray: false,
      nestTables: false,
      typeCast: (_: unknown, next: () => unknown) => next(),
    };
    connection.query({ ...plainly, sql }, (error, rows) => (error ? reject(error) : resolve(rows as Row[])));
  });
}
