import { type Timer, TimerHeap } from './timer-heap.ts';

/** The longest wait a timer of Node can hold. */
const LONGEST_WAIT = 2_147_483_647;

/**
 * The sandbox's own time: it runs like real time, and tests may move it forward. Dates, deliveries, the lag of
 * searches and the retries of webhooks follow it; the slowness of faults and of networks is real time.
 */
export class Clock {
  readonly #timers = new TimerHeap();
  /** How far it is ahead of real time, in ms; below 0 when it was started in the past. */
  #aheadMs: number;
  #alarm: NodeJS.Timeout | undefined;

  constructor(start?: Date) {
    this.#aheadMs = start ? start.getTime() - Date.now() : 0;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#aheadMs;
  }

  /** Does something after a while; the returned function calls it off. */
  later(ms: number, run: () => void): () => void {
    const timer: Timer = { dueAt: this.now() + ms, run, cancelled: false };
    this.#timers.push(timer);
    if (this.#timers.peek() === timer) this.#setAlarm();
    return () => {
      timer.cancelled = true;
    };
  }

  /**
   * Moves forward by `ms` and does on the way what falls due, each at its own time. `settle` is awaited before and at
   * each stop: what it brings about (a webhook that fails and wants another try) takes place before time goes on.
   */
  async advance(ms: number, settle: () => Promise<void>): Promise<void> {
    if (!(ms >= 0)) throw new RangeError('A clock can only be moved forward, by 0 ms or more.');
    await settle();
    const goal = this.now() + ms;
    for (let next = this.#timers.peek(); next && next.dueAt <= goal; next = this.#timers.peek()) {
      this.#moveTo(next.dueAt);
      this.#runDue();
      await settle();
    }
    this.#moveTo(goal);
    this.#setAlarm();
  }

  /** Calls everything off and frees the timer. */
  stop(): void {
    clearTimeout(this.#alarm);
    this.#timers.clear();
  }

  #moveTo(moment: number): void {
    this.#aheadMs += Math.max(0, moment - this.now());
  }

  #runDue(): void {
    const now = this.now();
    for (let due = this.#timers.takeDue(now); due; due = this.#timers.takeDue(now)) due.run();
    this.#setAlarm();
  }

  #setAlarm(): void {
    clearTimeout(this.#alarm);
    const next = this.#timers.peek();
    if (!next) return;
    const wait = Math.min(Math.max(0, next.dueAt - this.now()), LONGEST_WAIT);
    this.#alarm = setTimeout(() => this.#runDue(), wait);
  }
}
