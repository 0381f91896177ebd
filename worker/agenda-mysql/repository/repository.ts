import type {
  JobParameters,
  JobRepository,
  JobRepositoryOptions,
  JobsOverview,
  JobsQueryOptions,
  JobsResult,
  RemoveJobsOptions,
} from 'agenda';
import { type ClaimEvents, Claims } from '../claiming/claims.ts';
import { fenceOf, HeldJobs } from '../claiming/fence.ts';
import { lockJob, unlockJob, unlockJobs } from '../claiming/locks.ts';
import { saveJobState } from '../claiming/run-state.ts';
import { StateWriter } from '../claiming/run-state-writer.ts';
import type { Database } from '../database/database.ts';
import { toUtc } from '../database/utc.ts';
import { idValue, jobColumns, toJob } from '../tables/rows.ts';
import { disableJobs, enableJobs, removeJobs } from './criteria.ts';
import { Inserter, insertRow, type NewRow } from './inserter.ts';
import { Overview } from './overview.ts';
import { queryJobs } from './query.ts';
import { Remover } from './remover.ts';
import { saveJob } from './save.ts';

/** What the repository reports to its backend. */
export interface RepositoryEvents extends ClaimEvents {
  connect(): Promise<void>;
  /** A job was saved, perhaps in a transaction that has yet to commit. */
  onSaved(job: JobParameters): Promise<void>;
  /** A fault nobody awaits. */
  onError(error: Error): void;
}

/** Agenda's 16 storage methods on one table. */
export class MysqlJobRepository implements JobRepository {
  private readonly db: Database;
  private readonly events: RepositoryEvents;
  /** The database the running code's own transaction gives, or the pool. */
  private readonly current: () => Database;
  private readonly held = new HeldJobs();
  private readonly inserter: Inserter;
  private readonly remover: Remover;
  private readonly states: StateWriter;
  private readonly claims: Claims;
  private readonly overview: Overview;
  private readonly ended = new Map<string, string>(); // ids of runs that ended recently -> name

  constructor(db: Database, current: () => Database, poisonAfter: number | null, events: RepositoryEvents) {
    this.db = db;
    this.current = current;
    this.events = events;
    this.inserter = new Inserter(db);
    this.remover = new Remover(db);
    this.states = new StateWriter(db);
    this.claims = new Claims(db, this.held, poisonAfter, events);
    this.overview = new Overview(db);
  }

  async connect(): Promise<void> {
    await this.events.connect();
  }

  async saveJob<DATA = unknown>(
    job: JobParameters<DATA>,
    options?: JobRepositoryOptions,
  ): Promise<JobParameters<DATA>> {
    const db = this.current();
    const insert = (row: NewRow) => (db === this.db ? this.inserter.insert(row) : insertRow(db, row));
    const saved = await saveJob(db, job, by(options), insert);
    await this.events.onSaved(saved);
    return saved as JobParameters<DATA>;
  }

  async saveJobState(job: JobParameters, options?: JobRepositoryOptions): Promise<void> {
    try {
      await saveJobState(this.states, this.held, job, by(options));
    } finally {
      if (!job.lockedAt && job._id) this.noteEnd(job._id, job.name);
    }
  }

  async getNextJobToRun(
    name: string,
    nextScanAt: Date,
    lockDeadline: Date,
    now?: Date,
    options?: JobRepositoryOptions,
  ): Promise<JobParameters | undefined> {
    return this.claims.next({ name, nextScanAt, lockDeadline, lockedAt: now, lastModifiedBy: by(options) });
  }

  async lockJob(job: JobParameters, options?: JobRepositoryOptions): Promise<JobParameters | undefined> {
    return lockJob(this.db, this.held, job, by(options));
  }

  /** Never rejects: Agenda does not await it. A lock that could not be cleared ages out. */
  async unlockJob(job: JobParameters): Promise<void> {
    const fence = fenceOf(job) ?? this.held.get(String(job._id));
    try {
      if (fence?.stage === 'claimed') await this.claims.release(fence);
      else await unlockJob(this.db, this.held, job);
    } catch (error) {
      this.events.onError(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async unlockJobs(ids: readonly string[]): Promise<void> {
    await unlockJobs(this.db, this.held, ids);
  }

  /** Releases every claim whose handler was not started, with no claim under way. Returns how many. */
  async releaseHeld(): Promise<number> {
    return this.claims.releaseHeld();
  }

  /** Releases a job that is marked as started but whose handler was not called. */
  async unstart(job: JobParameters): Promise<void> {
    const fence = fenceOf(job);
    if (fence) await this.claims.unstart(fence);
  }

  async getJobById(id: string): Promise<JobParameters | null> {
    const db = this.current();
    const [row] = await db.select(jobColumns, `FROM ${db.tables.jobs} WHERE id = ?`, [idValue(id)]);
    return row ? toJob(row) : null;
  }

  async queryJobs(options?: JobsQueryOptions): Promise<JobsResult> {
    return queryJobs(this.current(), options);
  }

  async getJobsOverview(): Promise<JobsOverview[]> {
    const db = this.current();
    return db === this.db ? this.overview.get() : new Overview(db).get();
  }

  async getDistinctJobNames(): Promise<string[]> {
    const db = this.current();
    const rows = await db.select(['name'], `FROM ${db.tables.jobs} GROUP BY name ORDER BY name`);
    return rows.map(row => String(row.name));
  }

  async getQueueSize(): Promise<number> {
    const db = this.current();
    const sql = `SELECT COUNT(*) FROM ${db.tables.jobs} WHERE next_run_at < ?`;
    const [row] = await db.rows(['jobs'], sql, [toUtc(new Date())]);
    return Number(row?.jobs ?? 0);
  }

  async removeJobs(options: RemoveJobsOptions): Promise<number> {
    const { id, ...others } = options;
    const name = id && this.ended.get(String(id));
    const isOwnCleaning = name && Object.keys(others).length === 0 && this.current() === this.db;
    if (!isOwnCleaning) return removeJobs(this.current(), options);
    // removeOnComplete. Only after it does the processor free its slot, so that is another moment to refill.
    this.ended.delete(String(id));
    const removed = await this.remover.remove(String(id));
    this.events.onCapacity(name);
    return removed;
  }

  async disableJobs(options: RemoveJobsOptions): Promise<number> {
    return disableJobs(this.current(), options);
  }

  async enableJobs(options: RemoveJobsOptions): Promise<number> {
    return enableJobs(this.current(), options);
  }

  async purgeAllJobs(): Promise<number> {
    const db = this.current();
    return (await db.write(`DELETE FROM ${db.tables.jobs}`)).affectedRows;
  }

  private noteEnd(id: string, name: string): void {
    this.ended.set(id, name);
    for (const oldest of this.ended.keys()) {
      if (this.ended.size <= 1000) break;
      this.ended.delete(oldest);
    }
    this.events.onCapacity(name);
  }
}

function by(options: JobRepositoryOptions | undefined): string | null {
  return options?.lastModifiedBy?.slice(0, 255) ?? null;
}
