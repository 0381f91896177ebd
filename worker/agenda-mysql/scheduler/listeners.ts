import type { EventEmitter } from 'node:events';
import { type Agenda, Job } from 'agenda';
import type { SchedulerLog } from './log.ts';

/** Job events a listener may hear. */
export type JobEvent = 'start' | 'success' | 'fail' | 'complete';

/** Hears of a run of this process; on `fail` with the error. */
export type JobListener = (name: string, error?: unknown) => void | Promise<void>;

/** Attaches a listener that cannot harm: Agenda would fail a finished job when its listener throws. */
export function listen(agenda: Agenda, event: JobEvent, listener: JobListener, log: SchedulerLog): void {
  const emitter: EventEmitter = agenda;
  emitter.on(event, (...heard: unknown[]) => {
    const [job, error] = event === 'fail' ? [heard[1], heard[0]] : [heard[0]];
    if (!(job instanceof Job)) return; // a run of another process
    const hear = async () => listener(job.attrs.name, error);
    hear().catch(err => log.error({ err, event }, 'job listener failed'));
  });
}
