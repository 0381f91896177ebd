import type { JobParameters } from 'agenda';
import type { ProbeRequest, ProbeResult } from './probe.ts';

/** One caller of getNextJobToRun. */
export interface Caller extends Omit<ProbeRequest, 'limit'> {
  lockedAt: Date | undefined;
  lastModifiedBy: string | null;
}

/** What a {@link ClaimBatcher} needs: a cheap probe and the claim itself. */
export interface ClaimSource {
  /** How many of so many waiting callers should get a job. */
  capacity(name: string, callers: number): number;
  probe(request: ProbeRequest): Promise<ProbeResult>;
  /** Locks at most `limit` jobs. */
  claim(caller: Caller, limit: number, probed: ProbeResult): Promise<JobParameters[]>;
}

const staleEveryMs = 1000;
const largestBatch = 100;
const firstBatch = 3;
const batchGrowth = 2;
const restMs = 100;

/**
 * Agenda asks for jobs one at a time from many overlapping chains. Per job name (and owner), callers that wait at
 * one moment are answered by one batched claim: exactly one job for each and no more. After a rest
 * a name begins with few and grows: where many jobs of ten names come at one moment and the lock limit over all names
 * is less, the names that are quick would otherwise take all of it.
 */
export class ClaimBatcher {
  private readonly source: ClaimSource;
  private readonly batchers = new Map<string, NameBatcher>();
  private pausedBy = 0;

  constructor(source: ClaimSource) {
    this.source = source;
  }

  /** The next job for this caller, locked, or undefined. */
  async next(caller: Caller): Promise<JobParameters | undefined> {
    if (this.pausedBy > 0) return undefined;
    const key = JSON.stringify([caller.name, caller.lastModifiedBy]);
    let batcher = this.batchers.get(key);
    if (!batcher) {
      batcher = new NameBatcher(this.source, () => this.pausedBy > 0);
      this.batchers.set(key, batcher);
    }
    return batcher.next(caller);
  }

  /**
   * Runs the work with no claim under way and none beginning; callers meanwhile get no job. What a claim that was
   * under way has locked is held, and no caller is given it: a name that ends sooner than another would otherwise
   * hand out jobs that are to be released.
   */
  async whilePaused<T>(work: () => Promise<T>): Promise<T> {
    this.pausedBy++;
    try {
      await Promise.all([...this.batchers.values()].map(batcher => batcher.idle()));
      return await work();
    } finally {
      this.pausedBy--;
    }
  }
}

interface Waiting {
  caller: Caller;
  resolve(job: JobParameters | undefined): void;
  reject(error: unknown): void;
}

class NameBatcher {
  private readonly source: ClaimSource;
  private readonly isPaused: () => boolean;
  private waiting: Waiting[] = [];
  private running: Promise<void> | undefined;
  private hasBacklog = false; // the last claim left some behind, so a probe first would be wasted
  private staleSeenAt = 0;
  private largest = firstBatch;
  private busyUntil = 0;

  constructor(source: ClaimSource, isPaused: () => boolean) {
    this.source = source;
    this.isPaused = isPaused;
  }

  next(caller: Caller): Promise<JobParameters | undefined> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ caller, resolve, reject });
      this.running ??= this.run();
    });
  }

  async idle(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    await null; // callers of this moment share a claim
    while (this.waiting.length > 0) await this.serve(this.waiting.splice(0, largestBatch));
    this.running = undefined;
  }

  private async serve(batch: Waiting[]): Promise<void> {
    try {
      const caller = strictest(batch.map(each => each.caller));
      const capacity = this.source.capacity(caller.name, batch.length);
      const limit = Math.min(capacity, this.allowance());
      const taken = this.isPaused() ? [] : await this.take(caller, limit);
      const jobs = this.isPaused() ? [] : taken;
      const isMore = jobs.length === limit && limit < capacity;
      if (isMore) this.waiting.unshift(...batch.splice(limit));
      if (jobs.length > 0) this.noteBusy(jobs.length === limit);
      batch.forEach(({ resolve }, at) => {
        resolve(jobs[at]);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  private allowance(): number {
    if (Date.now() > this.busyUntil) this.largest = firstBatch;
    return this.largest;
  }

  private noteBusy(isFull: boolean): void {
    this.busyUntil = Date.now() + restMs;
    if (isFull) this.largest = Math.min(this.largest + batchGrowth, largestBatch);
  }

  private async take(caller: Caller, limit: number): Promise<JobParameters[]> {
    const jobs: JobParameters[] = [];
    let isMore = true;
    // Under a steady backlog stale locks are still probed for, once a second.
    if (this.hasBacklog && Date.now() - this.staleSeenAt < staleEveryMs) {
      jobs.push(...(await this.source.claim(caller, limit, { due: true, stale: false, isMore })));
    }
    if (jobs.length < limit) {
      const probed = await this.probe(caller, limit - jobs.length);
      isMore = probed.isMore;
      if (probed.due || probed.stale)
        jobs.push(...(await this.source.claim(caller, limit - jobs.length, probed)));
    }
    this.hasBacklog = jobs.length === limit && isMore;
    return jobs;
  }

  private async probe(caller: Caller, limit: number): Promise<ProbeResult> {
    this.staleSeenAt = Date.now();
    return this.source.probe({ ...caller, limit });
  }
}

// No caller may get a job that it could not have had by itself.
function strictest(callers: Caller[]): Caller {
  return callers.reduce((a, b) => ({
    ...b,
    nextScanAt: earlier(a.nextScanAt, b.nextScanAt),
    lockDeadline: earlier(a.lockDeadline, b.lockDeadline),
  }));
}

function earlier(a: Date, b: Date): Date {
  return new Date(Math.min(a.getTime(), b.getTime()));
}
