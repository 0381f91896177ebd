import { setTimeout as sleep } from 'node:timers/promises';
import type { Agenda } from 'agenda';
import type { SchedulerLog } from './log.ts';

/** How a restart is done. */
export interface RestartOptions {
  log: SchedulerLog;
  /** Pause between two attempts, in ms. */
  pauseMs: number;
  /** Once true, the processor is not started again. */
  isStopping: () => boolean;
}

/**
 * Gives Agenda a new processor, trying until that has succeeded: with one that is stopped and not started again, as
 * while the database is away, no job would ever run. Never rejects.
 */
export async function restart(agenda: Agenda, { log, pauseMs, isStopping }: RestartOptions): Promise<void> {
  while (!isStopping()) {
    try {
      await agenda.stop(false);
      if (!isStopping()) await agenda.start();
      return;
    } catch (err) {
      log.warn({ err }, 'job processor not restarted; trying again');
      await sleep(pauseMs);
    }
  }
}
