import { connect } from '../../../db/connect.ts';
import { asKnex, type HostKnex } from './host-knex.ts';

/** Whose connections to use: the host's knex, or the URL of a database for a pool of our own. */
export interface PoolOptions {
  knex?: HostKnex | undefined;
  connection?: string | undefined;
  poolSize?: number | undefined;
  unencrypted?: 'allow' | 'refuse' | undefined;
}

/**
 * The connections of a backend. A host's are left alone. Our own close with the backend, and open again for as long
 * as a latecomer needs them: Agenda's `stop()` waits for no handler, and a run whose end is not recorded runs again.
 */
export class Pool {
  readonly knex: HostKnex;
  readonly isOwn: boolean;
  private isClosed = false;
  private isInitialised = true;
  private users = 0;
  private closing: Promise<void> | undefined;
  private closers: (() => void)[] = [];

  /** Opens no connection yet. Throws when the options name no MySQL database. */
  constructor({ knex, connection, poolSize = 10, unencrypted = 'allow' }: PoolOptions) {
    this.isOwn = knex === undefined;
    this.knex = knex ? onMysql2(knex) : connect({ url: mysqlUrl(connection), unencrypted }, { poolSize });
  }

  /** Opens it again after it was closed. */
  open(): void {
    this.isClosed = false;
    this.resolveClosers();
  }

  /** Closes the connections if they are ours, once nothing uses them. */
  async close(): Promise<void> {
    this.isClosed = true;
    if (!this.isOwn) return;
    // knex would refuse everyone who is waiting for a connection.
    if (this.users > 0) await new Promise<void>(resolve => this.closers.push(resolve));
    else await this.destroy();
  }

  /** Runs work that uses the connections. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    if (!this.isOwn) return work();
    this.users++;
    try {
      await this.reopen();
      return await work();
    } finally {
      this.users--;
      if (this.isClosed && this.users === 0) await this.destroy();
      if (this.users === 0) this.resolveClosers();
    }
  }

  private resolveClosers(): void {
    for (const closed of this.closers.splice(0)) closed();
  }

  private async reopen(): Promise<void> {
    while (this.closing) await this.closing;
    if (this.isInitialised) return;
    this.isInitialised = true;
    asKnex(this.knex).initialize();
  }

  private async destroy(): Promise<void> {
    if (!this.isInitialised) return;
    this.closing ??= asKnex(this.knex)
      .destroy()
      .finally(() => {
        this.isInitialised = false;
        this.closing = undefined;
      });
    await this.closing;
  }
}

function onMysql2(knex: HostKnex): HostKnex {
  const { driverName } = asKnex(knex).client;
  if (driverName === 'mysql2') return knex;
  throw new Error(`MysqlBackend needs a knex on the driver mysql2, not on ${driverName}.`);
}

function mysqlUrl(connection: string | undefined): string {
  if (connection === undefined)
    throw new Error("MysqlBackend needs one of `knex` and `connection: 'mysql://...'`.");
  // Without the text itself: it may hold a password.
  if (!/^(mysql|mariadb):\/\//.test(connection) || !URL.canParse(connection))
    throw new Error(
      'The `connection` of MysqlBackend must be a URL such as mysql://user:password@host:3306/name.',
    );
  return connection;
}
