import type { JobsOverview } from 'agenda';
import type { Database } from '../database/database.ts';
import { toUtc } from '../database/utc.ts';
import { stateBindings, stateSql } from './job-state.ts';

const longMs = 200;

/**
 * Per name how many jobs are in each state. Read from the claim index alone, yet all of it: an answer that took long
 * is given again for four times as long, so that however many people ask it keeps one connection a fifth busy at most.
 */
export class Overview {
  private readonly db: Database;
  private running: Promise<JobsOverview[]> | undefined;
  private kept: { overviews: JobsOverview[]; until: number } | undefined;

  constructor(db: Database) {
    this.db = db;
  }

  /** The overview, by name; a disabled job counts as paused only. */
  async get(): Promise<JobsOverview[]> {
    if (this.kept && Date.now() < this.kept.until) return this.kept.overviews;
    this.running ??= this.compute().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async compute(): Promise<JobsOverview[]> {
    const began = Date.now();
    const overviews = await countByState(this.db);
    const ms = Date.now() - began;
    this.kept = ms > longMs ? { overviews, until: Date.now() + 4 * ms } : undefined;
    return overviews;
  }
}

async function countByState(db: Database): Promise<JobsOverview[]> {
  const { jobs } = db.tables;
  const rows = await db.rows(
    ['name', 'state', 'jobs'],
    `SELECT name, IF(disabled = 1, 'paused', ${stateSql}) AS state, COUNT(*) FROM ${jobs} FORCE INDEX (${jobs}_claim)
     GROUP BY name, state ORDER BY name`,
    stateBindings(toUtc(new Date())),
  );
  const overviews = new Map<string, JobsOverview>();
  for (const row of rows) {
    const name = String(row.name);
    const overview = overviews.get(name) ?? { ...nothing, name };
    overviews.set(name, overview);
    overview[row.state as keyof typeof nothing] += Number(row.jobs);
    overview.total += Number(row.jobs);
  }
  return [...overviews.values()];
}

const nothing = {
  total: 0,
  running: 0,
  scheduled: 0,
  queued: 0,
  completed: 0,
  failed: 0,
  repeating: 0,
  paused: 0,
};
