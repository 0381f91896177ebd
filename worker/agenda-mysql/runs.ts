import type { Job } from 'agenda';
import { withHeartbeat } from './heartbeat.ts';
import type { SchedulerLog } from './scheduler.ts';

/** What a job's handler is given. */
export interface JobContext {
  /** Aborted when the scheduler stops, or when another process has taken the job over. */
  signal: AbortSignal;
  data: unknown;
}

/** The body of a job. It may run for minutes, and twice: what it does must bear that. */
export type JobHandler = (context: JobContext) => Promise<void>;

/** The handlers that are running now. */
export class Runs {
  private readonly log: SchedulerLog;
  private readonly running = new Set<AbortController>();
  private stopping = false;

  constructor(log: SchedulerLog) {
    this.log = log;
  }

  /** Runs a handler with its lock kept alive; a failure is logged and passed on. */
  async run(job: Job<unknown>, handler: JobHandler, lockLifetimeMs: number): Promise<void> {
    const { name, data } = job.attrs;
    const abort = new AbortController();
    const onLost = () => {
      this.log.warn({ job: name }, 'job lock lost while it ran');
      abort.abort(new Error('Another process has taken the job over.'));
    };
    const onError = (err: unknown) => this.log.warn({ job: name, err }, 'job lock not renewed');
    this.running.add(abort);
    if (this.stopping) this.abortAll(); // it was on its way when the rest was asked to end
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

  /** Asks every running handler to come to an end. */
  abortAll(): void {
    this.stopping = true;
    for (const abort of this.running) abort.abort(new Error('The scheduler is stopping.'));
  }
}
