import type { JobParameters } from 'agenda';
import { Batcher } from './batcher.ts';
import { Ceilings } from './ceilings.ts';
import { claim } from './claim.ts';
import type { Database } from './database.ts';
import type { Fence, HeldJobs } from './fence.ts';
import { type Caller, Lanes } from './lanes.ts';
import { release, undoStart } from './locks.ts';
import type { ParkedJob } from './park.ts';
import { type Answer, Prober } from './probe.ts';

/** What becomes known while jobs are claimed, run and given back. */
export interface ClaimEvents {
  /** A run ended, its finished job was removed, or a job was given back: the name has room for more. */
  onRoom(name: string): void;
  /** A claim gave every one of so many callers a job: there may be more. */
  onMore(name: string, callers: number): void;
  onParked(job: ParkedJob): void;
}

/** Fetches jobs for this process, and gives back those it will not run. */
export class Claims {
  private readonly db: Database;
  private readonly held: HeldJobs;
  private readonly poisonAfter: number | null;
  private readonly events: ClaimEvents;
  private readonly ceilings: Ceilings;
  private readonly lanes: Lanes;
  private readonly returns: Batcher<Fence>;

  constructor(db: Database, held: HeldJobs, poisonAfter: number | null, events: ClaimEvents) {
    this.db = db;
    this.held = held;
    this.poisonAfter = poisonAfter;
    this.events = events;
    this.ceilings = new Ceilings(held);
    this.returns = new Batcher(fences => release(db, fences));
    const prober = new Prober(db);
    this.lanes = new Lanes({
      room: (name, callers) => this.ceilings.room(name, callers),
      probe: question => prober.ask(question),
      claim: (caller, limit, look) => this.claim(caller, limit, look),
    });
  }

  /** The next job for this caller, locked, or undefined. */
  async next(caller: Caller): Promise<JobParameters | undefined> {
    return this.lanes.next(caller);
  }

  /** Over the lock limit. Whoever asked meanwhile found nothing and would sleep until the next tick: wakes it. */
  async giveBack(fence: Fence): Promise<void> {
    this.held.takeBack(fence);
    this.ceilings.noteReturn(fence.name);
    await this.returns.add(fence);
    this.events.onRoom(fence.name);
  }

  /** Gives back a job that is marked as started but whose handler was not called. */
  async undoStart(fence: Fence): Promise<void> {
    this.held.takeBack(fence);
    await undoStart(this.db, fence);
  }

  /** Gives back every claim whose handler was not started, with no claim under way. Returns how many. */
  async releaseHeld(): Promise<number> {
    const unstarted = this.held.takeUnstarted(); // before anything is awaited, or some would still be started
    await this.lanes.whilePaused(async () => {
      unstarted.push(...this.held.takeUnstarted());
      await release(this.db, unstarted);
      await this.returns.idle();
    });
    return unstarted.length;
  }

  private async claim(caller: Caller, limit: number, look: Answer): Promise<JobParameters[]> {
    const { jobs, fences, parked } = await claim(this.db, {
      ...caller,
      lockedAt: caller.lockedAt ?? new Date(),
      limit,
      look,
      poisonAfter: this.poisonAfter,
    });
    for (const fence of fences) this.held.add(fence);
    for (const job of parked) this.events.onParked(job);
    if (jobs.length === limit && look.isMore) this.events.onMore(caller.name, limit);
    return jobs;
  }
}
