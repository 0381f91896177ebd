import type { Agenda } from 'agenda';

/**
 * Stops fetching and waits until no job runs, at most `timeoutMs`. Agenda's own
 * drain checks for that only right after a job has completed, when `removeOnComplete` has yet to delete it, and
 * would then wait out its whole timeout.
 */
export async function drain(agenda: Agenda, timeoutMs: number): Promise<void> {
  const quiet = new AbortController();
  const draining = agenda.drain({ timeout: timeoutMs, signal: quiet.signal, closeConnection: false });
  const check = async () => {
    if ((await agenda.getRunningStats()).runningJobs === 0) quiet.abort();
  };
  const timer = setInterval(() => check().catch(() => {}), 25); // after the end there are no statistics
  try {
    await draining;
  } finally {
    clearInterval(timer);
  }
}
