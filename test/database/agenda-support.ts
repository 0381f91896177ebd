import { setTimeout as sleep } from 'node:timers/promises';
import { Agenda, type AgendaOptions, type JobParameters } from 'agenda';
import knex from 'knex';
import type { Db } from '../../db/connect.ts';
import { connectionSettings } from '../../db/database-options.ts';
import {
  createTables,
  dropTables,
  MysqlBackend,
  type MysqlBackendOptions,
} from '../../worker/agenda-mysql/index.ts';
import { testDatabase, testDatabaseUrl } from '../support/database.ts';

/** Tables of its own for one suite, and whatever its tests open, closed after each. */
export interface AgendaBench {
  readonly db: Db;
  readonly prefix: string;
  /** A connected backend on the suite's tables. */
  backend(options?: Partial<MysqlBackendOptions>): Promise<MysqlBackend>;
  /** An Agenda that is ready, with its faults collected in `errors`. */
  agenda(backend: MysqlBackend, options?: Partial<AgendaOptions>): Promise<Agenda>;
  /** A pool as a host might have made it: its own zone, its sessions prepared by that statement. */
  hostPool(statement: string, settings?: { timezone?: string; size?: number; flags?: string }): Db;
  /** Errors the agendas emitted in this test. */
  readonly errors: Error[];
}

interface RawConnection {
  query(sql: string, done: (error: Error | null) => void): void;
}
type Done = (error: Error | null, connection: RawConnection) => void;

let suites = 0;

/** Lays the tables for a suite and cleans up after each of its tests. */
export function agendaBench(): AgendaBench {
  const prefix = `a${process.pid % 10_000}_${++suites}_`;
  const backends: MysqlBackend[] = [];
  const agendas: Agenda[] = [];
  const pools: Db[] = [];
  const errors: Error[] = [];
  const bench: AgendaBench = {
    get db() {
      return testDatabase();
    },
    prefix,
    errors,
    hostPool(statement, { size = 4, ...settings } = {}) {
      const pool = knex({
        client: 'mysql2',
        log: { warn() {} }, // some tests kill its connections on purpose
        connection: { ...connectionSettings(testDatabaseUrl()), ...settings },
        pool: {
          min: 0,
          max: size,
          afterCreate: (raw: RawConnection, done: Done) => raw.query(statement, error => done(error, raw)),
        },
      });
      pools.push(pool);
      return pool;
    },
    async backend(options = {}) {
      const common = {
        tablePrefix: prefix,
        ensureSchema: false,
        onError: (error: Error) => void errors.push(error),
      };
      const backend = new MysqlBackend({
        knex: testDatabase(),
        ...common,
        ...options,
      } as MysqlBackendOptions);
      backends.push(backend);
      await backend.connect();
      return backend;
    },
    async agenda(backend, options = {}) {
      const agenda = new Agenda({ backend, processEvery: 50, defaultLockLifetime: 2000, ...options });
      agenda.on('error', error => void errors.push(error));
      agendas.push(agenda);
      await agenda.ready;
      return agenda;
    },
  };
  before(() => createTables(testDatabase(), prefix));
  after(() => dropTables(testDatabase(), prefix));
  beforeEach(() => void errors.splice(0));
  afterEach(async () => {
    for (const agenda of agendas.splice(0)) await agenda.stop();
    for (const backend of backends.splice(0)) await close(backend);
    for (const pool of pools.splice(0)) await pool.destroy();
    for (const table of ['jobs', 'signals', 'logs'])
      await testDatabase().raw(`DELETE FROM ${prefix}${table}`);
  });
  return bench;
}

/** A job as an application would save it, due a second ago. */
export function aJob(changes: Partial<JobParameters> = {}): JobParameters {
  const nextRunAt = new Date(Date.now() - 1000);
  return { name: 'job', priority: 0, type: 'normal', data: {}, nextRunAt, ...changes };
}

/** Claims one job of the name as the processor would. */
export function claimNext(
  backend: MysqlBackend,
  name = 'job',
  { scan = 5000, lifetime = 600_000 } = {},
): Promise<JobParameters | undefined> {
  const now = Date.now();
  return backend.repository.getNextJobToRun(name, new Date(now + scan), new Date(now - lifetime));
}

/** Waits until the check holds; fails after 15 s, or longer where processes have to start first. */
export async function until(check: () => boolean | Promise<boolean>, patienceMs = 15_000): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`This never became true: ${check}`);
    await sleep(10);
  }
}

/** The value, or a failure when there is none. */
export function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('There is no value.');
  return value;
}

async function close(backend: MysqlBackend): Promise<void> {
  if (backend.notificationChannel.state !== 'disconnected') await backend.notificationChannel.disconnect();
  await backend.disconnect();
}
