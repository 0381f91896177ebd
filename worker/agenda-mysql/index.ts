/**
 * Agenda 6 on MySQL 8+ and MariaDB 10.6+: `new Agenda({ backend: new MysqlBackend({ knex }) })`, or
 * `createScheduler` for an Agenda that is guarded against the faults of its core.
 *
 * Where it goes its own way, on purpose:
 * - `unique` means "saved with the same unique object": a UNIQUE key over it, not a search through the data.
 * - A schedule changed while the job runs is kept; the end of the run does not overwrite it.
 * - `every()` leaves a disabled job disabled. A save leaves the processor's fields (failCount, ...) alone.
 * - A save wakes workers of its own process first, and in a flood waits for them to fetch, at most 0.2 s.
 * - A process that only saves jobs wakes the others too, though Agenda publishes nothing before `start()`.
 * - stop() and drain() release every job that was fetched and not started, also on a host's pool. A handler that
 *   outlives them records its end all the same, also when they closed a pool of our own.
 * - Job events cross processes while somebody hears them: three writes per job then, none before.
 */
export { MysqlBackend, type MysqlBackendOptions } from './backend.ts';
export type { QuarantinedJob } from './claiming/quarantine.ts';
export { LostLockError } from './claiming/run-state.ts';
export { DashboardAgenda, dashboardAgenda } from './dashboard.ts';
export type { HostKnex, HostTransaction } from './database/host-knex.ts';
export type { JobEvent, JobListener } from './scheduler/listeners.ts';
export type { SchedulerLog } from './scheduler/log.ts';
export type { JobContext, JobHandler } from './scheduler/runs.ts';
export {
  createScheduler,
  type JobOptions,
  type Scheduler,
  type SchedulerOptions,
  type StopResult,
} from './scheduler/scheduler.ts';
export type { SignalOptions } from './signals/signals.ts';
export { createTables, dropTables, upgradeTables } from './tables/tables.ts';
