import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from 'agenda';
import { withHeartbeat } from './heartbeat.ts';
import type { SchedulerLog } from './log.ts';

/** What a job's handler is given. */
export interface JobContext {
  /** Aborted when the scheduler stops, or when another process has taken the job over. */
  signal: AbortSignal;
  data: unknown;
}

/** The body of a job. It may run for minutes, and twice: what it does must bear that. */
export type JobHandler = (context: JobContext) => Promise<void>;

const pollMs = 25;

/** Releases a job that is marked as started but whose handler was not called. */
export type Unstart = (job: Job<unknown>) => Promise<void>;

/** The handlers that are running now. */
export class Runs {
  private readonly log: SchedulerLog;
  private readonly unstart: Unstart;
  private readonly running = new Set<AbortController>();
  private stopping = false;

  constructor(log: SchedulerLog, unstart: Unstart) {
    this.log = log;
    this.unstart = unstart;
  }

  /** How many there are. */
  get count(): number {
    return this.running.size;
  }

  /**
   * Runs a handler with its lock kept alive; a failure is logged and passed on. Once a stop has begun no handler is
   * called: a job that was about to start is released, and Agenda told that it failed.
   */
  async run(job: Job<unknown>, handler: JobHandler, lockLifetimeMs: number): Promise<void> {
    if (this.stopping) return this.refuse(job);
    const { name, data } = job.attrs;
    const abort = new AbortController();
    const onLost = () => {
      this.log.warn({ job: name }, 'job lock lost while it ran');
      abort.abort(new Error('Another process has taken the job over.'));
    };
    const onError = (err: unknown) => this.log.warn({ job: name, err }, 'job lock not renewed');
    this.running.add(abort);
    try {
      await withHeartbeat(job, { lockLifetimeMs, onLost, onError }, () =>
        handler({ signal: abort.signal, data }),
      );
    } catch (err) {
      this.log.error({ job: name, err }, 'job failed');
      throw err;
    } finally {
      this.running.delete(abort);
    }
  }

  /** Resolves when no handler runs any more, or when the time is up. */
  async ended(deadline: number): Promise<void> {
    while (this.running.size > 0 && Date.now() < deadline) await sleep(pollMs);
  }

  /** Asks every running handler to come to an end; from now on none is called. */
  abortAll(): void {
    this.stopping = true;
    for (const abort of this.running) abort.abort(stopped());
  }

  private async refuse(job: Job<unknown>): Promise<never> {
    const { name } = job.attrs;
    await this.unstart(job).catch(err => this.log.warn({ job: name, err }, 'job not released'));
    throw stopped();
  }
}

function stopped(): Error {
  return new Error('The scheduler is stopping.');
}
