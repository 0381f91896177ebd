import type { HeldJobs } from './fence.ts';

const rememberedMs = 1000;

/**
 * How many jobs of a name this process wants at once. Agenda checks its lock limit before it asks, so callers
 * that wait together all count on the same free slot, and release what is too much. From that the limit is
 * learned, for a second, so that the next claims do not lock rows only to unlock them.
 */
export class LearnedLimits {
  private readonly held: HeldJobs;
  private readonly learned = new Map<string, { limit: number; at: number }>();

  constructor(held: HeldJobs) {
    this.held = held;
  }

  /** How many of that many waiting callers should get a job; at least one. */
  capacity(name: string, callers: number): number {
    const known = this.learned.get(name);
    if (!known || Date.now() - known.at > rememberedMs) return callers;
    return Math.min(callers, Math.max(known.limit - this.held.count(name), 1));
  }

  /** A job of the name was released without being started: what is held now was the limit. */
  noteRelease(name: string): void {
    this.learned.set(name, { limit: this.held.count(name), at: Date.now() });
  }
}
