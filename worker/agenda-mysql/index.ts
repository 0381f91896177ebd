/** Agenda 6 on MySQL 8+ and MariaDB 10.6+. */
export { MysqlBackend, type MysqlBackendOptions } from './backend.ts';
export type { JobEvent, JobListener } from './listeners.ts';
export type { ParkedJob } from './park.ts';
export type { JobContext, JobHandler } from './runs.ts';
export {
  createScheduler,
  type JobOptions,
  type Scheduler,
  type SchedulerLog,
  type SchedulerOptions,
  type StopResult,
} from './scheduler.ts';
export type { SignalOptions } from './signals.ts';
export { LostLockError } from './state.ts';
export { createTables, dropTables } from './tables.ts';
