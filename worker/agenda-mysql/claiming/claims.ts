import type { JobParameters } from 'agenda';
import { Batcher } from '../../../db/batcher.ts';
import type { Database } from '../database/database.ts';
import { claim } from './claim.ts';
import { type Caller, ClaimBatcher } from './claim-batcher.ts';
import type { Fence, HeldJobs } from './fence.ts';
import { LearnedLimits } from './learned-limits.ts';
import { release, unstart } from './locks.ts';
import { type ProbeResult, Prober } from './probe.ts';
import type { QuarantinedJob } from './quarantine.ts';

/** What becomes known while jobs are claimed, run and released. */
export interface ClaimEvents {
  /** A run ended, its finished job was removed, or a job was released: the name has capacity for more. */
  onCapacity(name: string): void;
  /** A claim gave every one of so many callers a job: there may be more. */
  onMore(name: string, callers: number): void;
  onQuarantined(job: QuarantinedJob): void;
}

/** Fetches jobs for this process, and releases those it will not run. */
export class Claims {
  private readonly db: Database;
  private readonly held: HeldJobs;
  private readonly poisonAfter: number | null;
  private readonly events: ClaimEvents;
  private readonly limits: LearnedLimits;
  private readonly batcher: ClaimBatcher;
  private readonly releases: Batcher<Fence>;

  constructor(db: Database, held: HeldJobs, poisonAfter: number | null, events: ClaimEvents) {
    this.db = db;
    this.held = held;
    this.poisonAfter = poisonAfter;
    this.events = events;
    this.limits = new LearnedLimits(held);
    this.releases = new Batcher(fences => release(db, fences));
    const prober = new Prober(db);
    this.batcher = new ClaimBatcher({
      capacity: (name, callers) => this.limits.capacity(name, callers),
      probe: request => prober.probe(request),
      claim: (caller, limit, probed) => this.claim(caller, limit, probed),
    });
  }

  /** The next job for this caller, locked, or undefined. */
  async next(caller: Caller): Promise<JobParameters | undefined> {
    return this.batcher.next(caller);
  }

  /** Over the lock limit. A caller that asked meanwhile found nothing and would sleep until the next tick: wakes it. */
  async release(fence: Fence): Promise<void> {
    this.held.withdraw(fence);
    this.limits.noteRelease(fence.name);
    await this.releases.add(fence);
    this.events.onCapacity(fence.name);
  }

  /** Releases a job that is marked as started but whose handler was not called. */
  async unstart(fence: Fence): Promise<void> {
    this.held.withdraw(fence);
    await unstart(this.db, fence);
  }

  /** Releases every claim whose handler was not started, with no claim under way. Returns how many. */
  async releaseHeld(): Promise<number> {
    const unstarted = this.held.withdrawUnstarted(); // before anything is awaited, or some would still be started
    await this.batcher.whilePaused(async () => {
      unstarted.push(...this.held.withdrawUnstarted());
      await release(this.db, unstarted);
      await this.releases.idle();
    });
    return unstarted.length;
  }

  private async claim(caller: Caller, limit: number, probed: ProbeResult): Promise<JobParameters[]> {
    const { jobs, fences, quarantined } = await claim(this.db, {
      ...caller,
      lockedAt: caller.lockedAt ?? new Date(),
      limit,
      probed,
      poisonAfter: this.poisonAfter,
    });
    for (const fence of fences) this.held.add(fence);
    for (const job of quarantined) this.events.onQuarantined(job);
    if (jobs.length === limit && probed.isMore) this.events.onMore(caller.name, limit);
    return jobs;
  }
}
