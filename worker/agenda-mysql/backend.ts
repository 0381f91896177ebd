import type { AgendaBackend } from 'agenda';
import type { QuarantinedJob } from './claiming/quarantine.ts';
import { Database } from './database/database.ts';
import type { HostKnex, HostTransaction } from './database/host-knex.ts';
import { Pool } from './database/pool.ts';
import { tablesOf } from './database/table-names.ts';
import { TransactionContext } from './database/transaction-context.ts';
import { MysqlJobLogger } from './logger.ts';
import { MysqlJobRepository } from './repository/repository.ts';
import { MysqlNotificationChannel } from './signals/channel.ts';
import { type SignalOptions, Signals } from './signals/signals.ts';
import { checkSchema, migrate } from './tables/schema.ts';

/** Options of {@link MysqlBackend}: the host's knex, or the URL of a database for a pool of our own. */
export type MysqlBackendOptions = CommonOptions &
  ({ knex: HostKnex; connection?: never } | { connection: string; knex?: never });

interface CommonOptions {
  /** What the tables' names begin with. Default `agenda_`. */
  tablePrefix?: string;
  /** Create or upgrade the tables on connect. Default true; otherwise connect refuses unfit tables. */
  ensureSchema?: boolean;
  /** Largest number of connections of our own pool. Default 10. */
  poolSize?: number;
  /**
   * Whether our own pool may reach a database over a network without encryption. By default it is refused where `NODE_ENV` is
   * production; this machine needs none.
   */
  unencrypted?: 'allow' | 'refuse';
  /** Quarantine (disable) a job whose handler took its process down this many times; null: never. Default 5. */
  poisonAfter?: number | null;
  /** How other processes are told of new jobs; false: not at all, they poll. */
  signals?: SignalOptions | false;
  /**
   * Tell the other processes the states of our jobs (start, success, ...) always: three writes per job. Default: while
   * there is one that hears them.
   */
  sharesState?: boolean;
  /** Hear the states of the others' jobs, as Agenda's events and dashboards do. Default true. */
  hearsStates?: boolean;
  /** Days the job log is kept; null: for ever. Default 14. */
  logRetentionDays?: number | null;
  /** A job was quarantined. Default: a process warning. */
  onQuarantined?: (job: QuarantinedJob) => void;
  /** A fault in the background that nobody awaits. Default: a process warning. */
  onError?: (error: Error) => void;
}

/** Agenda 6's storage, notifications and job log on MySQL 8+ or MariaDB 10.6+. */
export class MysqlBackend implements AgendaBackend {
  readonly name = 'MySQL';
  readonly ownsConnection: boolean;
  readonly repository: MysqlJobRepository;
  readonly notificationChannel: MysqlNotificationChannel;
  readonly logger: MysqlJobLogger;
  private readonly pool: Pool;
  private readonly prefix: string;
  private readonly ensureSchema: boolean;
  private readonly db: Database;
  private readonly context: TransactionContext;
  private onQuarantined: (job: QuarantinedJob) => void;
  private onError: (error: Error) => void;
  private connecting: Promise<void> | undefined;

  constructor(options: MysqlBackendOptions) {
    const { unencrypted = process.env.NODE_ENV === 'production' ? 'refuse' : 'allow' } = options;
    this.pool = new Pool({ ...options, unencrypted });
    this.ownsConnection = this.pool.isOwn;
    this.prefix = options.tablePrefix ?? 'agenda_';
    this.ensureSchema = options.ensureSchema ?? true;
    this.onError = options.onError ?? (error => process.emitWarning(error.message, 'AgendaMysql'));
    this.onQuarantined =
      options.onQuarantined ?? (job => process.emitWarning(quarantineMessage(job), 'AgendaMysql'));
    this.db = new Database(this.pool.knex, tablesOf(this.prefix), this.pool);
    this.context = new TransactionContext(this.db);
    this.logger = new MysqlJobLogger(
      this.db,
      options.logRetentionDays === undefined ? 14 : options.logRetentionDays,
    );
    this.repository = this.makeRepository(options.poisonAfter === undefined ? 5 : options.poisonAfter);
    this.notificationChannel = this.makeChannel(options);
  }

  /** Safe to call again: Agenda's constructor calls it too, without awaiting it. */
  async connect(): Promise<void> {
    this.connecting ??= this.open().catch(error => {
      this.connecting = undefined;
      throw error;
    });
    await this.connecting;
  }

  /**
   * Releases what is held and closes the pool if it is ours; handlers that still run can record their end all the
   * same. Connecting again is possible.
   */
  async disconnect(): Promise<void> {
    this.connecting = undefined;
    await this.repository.releaseHeld();
    await this.notificationChannel.flush();
    await this.logger.idle();
    await this.pool.close();
  }

  /** Creates or upgrades the tables; returns whether there was anything to do. */
  async migrate(): Promise<boolean> {
    return this.pool.use(() => migrate(this.pool.knex, this.prefix));
  }

  /** Unlocks every job this process has claimed but not started. Done by stop and drain; returns how many. */
  async releaseHeld(): Promise<number> {
    return this.repository.releaseHeld();
  }

  /** Runs the work; jobs it saves or removes belong to the transaction, and wake workers when it commits. */
  async inTransaction<T>(trx: HostTransaction, work: () => Promise<T>): Promise<T> {
    return this.context.within(trx, work);
  }

  /** Says where faults and quarantined jobs are reported from now on. */
  reportTo(listeners: {
    onError?: (error: Error) => void;
    onQuarantined?: (job: QuarantinedJob) => void;
  }): void {
    this.onError = listeners.onError ?? this.onError;
    this.onQuarantined = listeners.onQuarantined ?? this.onQuarantined;
  }

  private async open(): Promise<void> {
    this.pool.open();
    if (this.ensureSchema) await this.migrate();
    await this.pool.use(() => checkSchema(this.pool.knex, this.db.tables));
    await this.db.learnIsolation();
  }

  private makeRepository(poisonAfter: number | null): MysqlJobRepository {
    return new MysqlJobRepository(this.db, () => this.context.database(), poisonAfter, {
      connect: () => this.connect(),
      onSaved: job => this.notificationChannel.announceSave(job),
      onCapacity: name => this.notificationChannel.refill(name),
      onMore: (name, callers) => this.notificationChannel.grow(name, callers),
      onQuarantined: job => this.onQuarantined(job),
      onError: error => this.onError(error),
    });
  }

  private makeChannel(options: MysqlBackendOptions): MysqlNotificationChannel {
    const { signals = {}, sharesState = false, hearsStates = true } = options;
    const onError = (error: Error) => this.onError(error);
    return new MysqlNotificationChannel({
      context: this.context,
      signals: signals === false ? undefined : new Signals(this.db, signals, onError),
      sharesState,
      hearsStates,
      onError,
      onDisconnect: async () => void (await this.repository.releaseHeld()),
    });
  }
}

function quarantineMessage({ id, name, expiredCount }: QuarantinedJob): string {
  return `Job ${id} (${name}) was quarantined: its handler took its process down ${expiredCount} times.`;
}
