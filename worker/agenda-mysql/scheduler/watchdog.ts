import type { Agenda, JobParameters } from 'agenda';

/** How lost lock slots are found. */
export interface WatchdogOptions {
  /** Pause between two checks, in ms. */
  everyMs: number;
  /** A slot missing for so long is lost, in ms. */
  patienceMs: number;
  /** The processor has lost slots of these names and should be restarted. */
  onLostSlots(names: string[]): Promise<void>;
  onError(error: unknown): void;
}

interface Missing {
  name: string;
  since: number;
}

/**
 * Agenda drops a job whose lock ran out in the local queue without freeing its lock slot; with all slots of a
 * name lost the name is never fetched again. Watches for claims that are neither queued nor running. Returns how to
 * stop.
 */
export function watchSlots(agenda: Agenda, options: WatchdogOptions): () => void {
  const missing = new Map<string, Missing>(); // by claim
  let isChecking = false; // or restarting
  const timer = setInterval(() => {
    if (isChecking) return;
    isChecking = true;
    void check()
      .catch(options.onError)
      .finally(() => {
        isChecking = false;
      });
  }, options.everyMs);
  timer.unref();
  return () => clearInterval(timer);

  async function check(): Promise<void> {
    const found = await missingClaims(agenda);
    const now = Date.now();
    for (const claim of missing.keys()) if (!found.has(claim)) missing.delete(claim);
    for (const [claim, name] of found) if (!missing.has(claim)) missing.set(claim, { name, since: now });
    const lost = [...missing.values()].filter(({ since }) => now - since >= options.patienceMs);
    if (lost.length === 0) return;
    missing.clear();
    await options.onLostSlots([...new Set(lost.map(({ name }) => name))]);
  }
}

/**
 * The names of claims neither queued nor running. By the three lists, never by Agenda's counts: it takes those before
 * it asks the database for the size of the queue, and the lists after it; a job that started meanwhile would be missed.
 * By claim, never by name: for a moment each job on its way from the queue to its run is in neither list, and a job
 * that comes as often as the check would be met there each time.
 */
async function missingClaims(agenda: Agenda): Promise<Map<string, string>> {
  const { lockedJobs, queuedJobs, runningJobs } = await agenda.getRunningStats(true);
  const accountedFor = new Set([...listed(queuedJobs), ...listed(runningJobs)].map(claimOf));
  return new Map(
    listed(lockedJobs)
      .filter(job => !accountedFor.has(claimOf(job)))
      .map(job => [claimOf(job), job.name]),
  );
}

function listed(jobs: number | JobParameters[]): JobParameters[] {
  return Array.isArray(jobs) ? jobs : [];
}

// A job on a schedule has one id for all its runs; its lock is as old as this claim of it.
function claimOf({ _id, lockedAt }: JobParameters): string {
  return `${_id} ${lockedAt?.getTime()}`;
}
