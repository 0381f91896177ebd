import type { HeldJobs } from './fence.ts';

const rememberedMs = 1000;

/**
 * How many jobs of a name this process wants at once. Agenda checks its lock limit before it asks, so callers
 * that wait together all believe in the same free slot, and give back what is too much. From that the limit is
 * learned, for a second, so that the next claims do not lock rows only to unlock them.
 */
export class Ceilings {
  private readonly held: HeldJobs;
  private readonly learned = new Map<string, { ceiling: number; at: number }>();

  constructor(held: HeldJobs) {
    this.held = held;
  }

  /** How many of that many waiting callers should get a job; at least one. */
  room(name: string, callers: number): number {
    const known = this.learned.get(name);
    if (!known || Date.now() - known.at > rememberedMs) return callers;
    return Math.min(callers, Math.max(known.ceiling - this.held.count(name), 1));
  }

  /** A job of the name was given back without being started: what is held now was the limit. */
  noteReturn(name: string): void {
    this.learned.set(name, { ceiling: this.held.count(name), at: Date.now() });
  }
}
