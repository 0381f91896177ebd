import type { Agenda } from 'agenda';

/** How lost lock slots are found. */
export interface WatchdogOptions {
  /** Pause between two looks, in ms. */
  everyMs: number;
  /** Slots missing for so long are lost, in ms. */
  patienceMs: number;
  /** The processor has lost slots of these names and should be restarted. */
  onLostSlots(names: string[]): Promise<void>;
  onError(error: unknown): void;
}

/**
 * Agenda drops a job whose lock ran out in the local queue without freeing its lock slot; with all slots of a
 * name lost the name is never fetched again. Watches for locked > running + queued. Returns how to stop.
 */
export function watchSlots(agenda: Agenda, options: WatchdogOptions): () => void {
  const since = new Map<string, number>();
  const timer = setInterval(() => void look().catch(options.onError), options.everyMs);
  timer.unref();
  return () => clearInterval(timer);

  async function look(): Promise<void> {
    const missing = await namesWithMissingSlots(agenda);
    const now = Date.now();
    for (const name of since.keys()) if (!missing.includes(name)) since.delete(name);
    for (const name of missing) since.set(name, since.get(name) ?? now);
    const lost = missing.filter(name => now - (since.get(name) ?? now) >= options.patienceMs);
    if (lost.length === 0) return;
    since.clear();
    await options.onLostSlots(lost);
  }
}

async function namesWithMissingSlots(agenda: Agenda): Promise<string[]> {
  const { jobStatus = {}, queuedJobs } = await agenda.getRunningStats(true);
  const queued = Array.isArray(queuedJobs) ? queuedJobs : [];
  return Object.entries(jobStatus)
    .filter(
      ([name, { locked, running }]) => locked > running + queued.filter(job => job.name === name).length,
    )
    .map(([name]) => name);
}
