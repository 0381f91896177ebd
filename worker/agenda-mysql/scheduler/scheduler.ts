import { Agenda, type Job } from 'agenda';
import type { MysqlBackend } from '../backend.ts';
import { LostLockError } from '../claiming/run-state.ts';
import { drain } from './drain.ts';
import { type JobEvent, type JobListener, listen } from './listeners.ts';
import type { SchedulerLog } from './log.ts';
import { restart } from './restart.ts';
import { type JobHandler, Runs } from './runs.ts';
import { watchSlots } from './watchdog.ts';

/** Options of one job. */
export interface JobOptions {
  /** Run on a schedule: a human interval (`2 seconds`) or a cron line in UTC. Default: only when triggered. */
  every?: string;
  /** How many of this name run at once in this process. Default 1. */
  concurrency?: number;
  /** How many are locked at once; more than `concurrency` fetches ahead. Default: `concurrency`. */
  lockLimit?: number;
  /** A lock this old belongs to a dead process, in ms. Default 60,000; renewed while the handler runs. */
  lockLifetimeMs?: number;
}

/** Options of {@link createScheduler}. */
export interface SchedulerOptions {
  backend: MysqlBackend;
  /** Names this process in the jobs it touches; must be unique among the processes. */
  name: string;
  log: SchedulerLog;
  /** Pause between two checks for due jobs, in ms. Default 1,000. */
  processEveryMs?: number;
  /** When lock slots count as lost. Default: missing for 60,000 ms, checked every 15,000 ms. */
  watchdog?: { everyMs: number; patienceMs: number };
}

/** What {@link Scheduler.stop} reports. */
export interface StopResult {
  /** Handlers still running when the time was up; their jobs run again once their locks have aged. */
  running: number;
}

/** Runs jobs with Agenda, guarded against the faults of its core. */
export interface Scheduler {
  /** Names a job and its handler; before `start`. */
  define(name: string, handler: JobHandler, options?: JobOptions): void;
  start(): Promise<void>;
  /** Runs a defined job once, as soon as possible. */
  trigger(name: string, data?: unknown): Promise<void>;
  /** Hears of runs. A listener that throws is logged; Agenda itself would fail the finished job. */
  on(event: JobEvent, listener: JobListener): void;
  /**
   * Aborts the handlers' signals, waits for them (at most `timeoutMs`), releases what was not started, closes. No
   * handler is called any more once it has been called.
   */
  stop(options?: { timeoutMs?: number }): Promise<StopResult>;
}

interface Definition {
  handler: JobHandler;
  options: JobOptions;
}

const defaultLockLifetimeMs = 60_000;

/** A scheduler on the backend. After `stop` let the process exit itself: Agenda's timers outlive its jobs. */
export function createScheduler(options: SchedulerOptions): Scheduler {
  return new GuardedAgenda(options);
}

class GuardedAgenda implements Scheduler {
  private readonly options: SchedulerOptions;
  private readonly definitions = new Map<string, Definition>();
  private readonly listeners: [JobEvent, JobListener][] = [];
  private readonly runs: Runs;
  private stopping = false;
  private agenda: Agenda | undefined;
  private stopWatching = () => {};
  private restarting: Promise<void> | undefined;

  constructor(options: SchedulerOptions) {
    this.options = options;
    this.runs = new Runs(options.log, job => options.backend.repository.unstart(job.attrs));
  }

  define(name: string, handler: JobHandler, options: JobOptions = {}): void {
    if (this.agenda) throw new Error('Define jobs before the scheduler starts.');
    this.definitions.set(name, { handler, options });
  }

  on(event: JobEvent, listener: JobListener): void {
    this.listeners.push([event, listener]);
  }

  async start(): Promise<void> {
    const { backend, log } = this.options;
    backend.reportTo({
      onError: error => log.error({ err: error }, 'job storage fault'),
      onQuarantined: job => log.error(job, 'job quarantined: its handler keeps taking the process down'),
    });
    await backend.connect(); // before Agenda exists: its own call is not awaited, and a failure would hang it
    const agenda = this.makeAgenda();
    this.agenda = agenda;
    await agenda.ready;
    await agenda.start();
    await this.schedule(agenda);
    this.stopWatching = this.watch(agenda);
  }

  async trigger(name: string, data?: unknown): Promise<void> {
    if (!this.agenda) throw new Error('The scheduler has not been started.');
    await this.agenda.now(name, data);
  }

  async stop({ timeoutMs = 30_000 }: { timeoutMs?: number } = {}): Promise<StopResult> {
    this.stopWatching();
    this.stopping = true;
    this.runs.abortAll();
    const draining = this.drained(timeoutMs);
    // At once, not after: others may run what was fetched while this process still waits for its handlers.
    await this.options.backend.releaseHeld();
    await draining;
    await this.options.backend.disconnect();
    this.agenda = undefined;
    return { running: this.runs.count };
  }

  private async drained(timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    await this.restarting;
    if (this.agenda) await drain(this.agenda, Math.max(deadline - Date.now(), 0));
    await this.runs.ended(deadline); // Agenda does not know those of a processor that was restarted
  }

  private makeAgenda(): Agenda {
    const { backend, name, processEveryMs = 1000 } = this.options;
    const total = [...this.definitions.values()].reduce(
      (sum, each) => sum + (each.options.concurrency ?? 1),
      0,
    );
    const agenda = new Agenda({
      backend,
      name,
      processEvery: processEveryMs,
      maxConcurrency: Math.max(total, 1),
    });
    agenda.on('error', error => this.report(error));
    for (const [job, definition] of this.definitions) this.defineIn(agenda, job, definition);
    for (const [event, listener] of this.listeners) listen(agenda, event, listener, this.options.log);
    return agenda;
  }

  private defineIn(agenda: Agenda, name: string, { handler, options }: Definition): void {
    const { concurrency = 1, lockLimit = concurrency, lockLifetimeMs = defaultLockLifetimeMs } = options;
    agenda.define(name, (job: Job<unknown>) => this.runs.run(job, handler, lockLifetimeMs), {
      concurrency,
      // Never 0, which means no limit: one process would lock the whole backlog before it starts a job.
      lockLimit: Math.max(lockLimit, 1),
      lockLifetime: lockLifetimeMs,
      removeOnComplete: true,
    });
  }

  private async schedule(agenda: Agenda): Promise<void> {
    for (const [name, { options }] of this.definitions) {
      if (options.every) await agenda.every(options.every, name, undefined, { timezone: 'UTC' });
    }
  }

  private watch(agenda: Agenda): () => void {
    const { log, watchdog = { everyMs: 15_000, patienceMs: 60_000 } } = this.options;
    return watchSlots(agenda, {
      ...watchdog,
      onError: err => log.warn({ err }, 'job slots not checked'),
      onLostSlots: names => {
        log.error({ jobs: names }, 'job processor lost lock slots; restarting it');
        this.restarting = restart(agenda, {
          log,
          pauseMs: watchdog.everyMs,
          isStopping: () => this.stopping,
        });
        return this.restarting;
      },
    });
  }

  private report(error: Error): void {
    // Expected while stopping: a job released a moment before it would have started.
    if (error instanceof LostLockError && this.stopping) return;
    this.options.log.error({ err: error }, 'job processor fault');
  }
}
