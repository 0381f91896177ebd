import type { JobParameters } from 'agenda';
import type { Row, SqlValue } from '../database/database.ts';

/** What a claim knows of its row: proof, at each later write, that nobody has taken the row since. */
export interface Fence {
  readonly id: string;
  readonly name: string;
  /** Counts claims: another value in the row means another owner. */
  readonly lockSeq: number;
  /** Counts changes of the schedule: another value means "rescheduled while it ran". */
  readonly scheduleSeq: number;
  /** When the job was due as it was claimed; null: it was recovered while it ran and has no next run. */
  readonly dueAt: SqlValue;
  /** Fetched; or its handler was started; or released, so that it must no longer be started. */
  stage: 'claimed' | 'started' | 'released';
}

/** The fence of the claim that is number `lockSeq` of the row. */
export function claimed(row: Row, name: string, lockSeq: number): Fence {
  return {
    id: String(row.id),
    name,
    lockSeq,
    scheduleSeq: Number(row.schedule_seq),
    dueAt: row.next_run_at ?? null,
    stage: 'claimed',
  };
}

// Under a symbol: `new Job` spreads the attributes, symbols included, and toJson() leaves them out.
const key = Symbol('agenda-mysql fence');

/** Marks a claimed job with its fence. */
export function withFence(job: JobParameters, fence: Fence): JobParameters {
  return Object.assign(job, { [key]: fence });
}

/** The fence of a job that came from a claim of this process. */
export function fenceOf(job: JobParameters): Fence | undefined {
  return (job as JobParameters & { [key]?: Fence })[key];
}

/** The claims this process holds, so that those never started can be released when it stops. */
export class HeldJobs {
  private readonly fences = new Map<string, Fence>();
  private readonly counts = new Map<string, number>();

  /** Notes a claim. */
  add(fence: Fence): void {
    const before = this.fences.get(fence.id);
    if (before) this.drop(before);
    this.fences.set(fence.id, fence);
    this.counts.set(fence.name, this.count(fence.name) + 1);
  }

  /** How many jobs of the name this process holds. */
  count(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  /** The claim on that job, if this process holds one. */
  get(id: string): Fence | undefined {
    return this.fences.get(id);
  }

  /** Forgets a claim that was released, finished or lost; a newer claim on the same job stays. */
  drop(fence: Fence): void {
    if (this.fences.get(fence.id) !== fence) return;
    this.fences.delete(fence.id);
    this.counts.set(fence.name, this.count(fence.name) - 1);
  }

  /** Withdraws the claims whose handler has not been started; from now on none of them can be. */
  withdrawUnstarted(): Fence[] {
    const unstarted = [...this.fences.values()].filter(fence => fence.stage === 'claimed');
    for (const fence of unstarted) this.withdraw(fence);
    return unstarted;
  }

  /** Withdraws one claim that is to be released unstarted. */
  withdraw(fence: Fence): void {
    fence.stage = 'released';
    this.drop(fence);
  }
}
