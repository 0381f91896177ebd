import TinyQueue from 'tinyqueue';

/** The longest wait a timer of Node can hold. */
const LONGEST_WAIT = 2_147_483_647;

interface Timer {
  readonly dueAt: number;
  /** Those of one moment run in the order in which they were set. */
  readonly number: number;
  readonly run: () => void;
  cancelled: boolean;
}

/**
 * The sandbox's own time: it runs like real time, and tests may move it forward. Dates, deliveries, the lag of
 * searches and the retries of webhooks follow it; the slowness of faults and of networks is real time.
 */
export class Clock {
  #timers = newQueue();
  #set = 0;
  /** How far it is ahead of real time, in ms; below 0 when it was started in the past. */
  #aheadMs: number;
  #alarm: NodeJS.Timeout | undefined;

  /** What it said to begin with, against real time, in ms. */
  readonly #aheadAtFirstMs: number;

  constructor(start?: Date) {
    this.#aheadAtFirstMs = start ? start.getTime() - Date.now() : 0;
    this.#aheadMs = this.#aheadAtFirstMs;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#aheadMs;
  }

  /** Does something after a while; the returned function calls it off. */
  later(ms: number, run: () => void): () => void {
    const timer: Timer = { dueAt: this.now() + ms, number: this.#set++, run, cancelled: false };
    this.#timers.push(timer);
    if (this.#next() === timer) this.#setAlarm();
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
    for (let next = this.#next(); next && next.dueAt <= goal; next = this.#next()) {
      this.#moveTo(next.dueAt);
      this.#runDue();
      await settle();
    }
    this.#moveTo(goal);
    this.#setAlarm();
  }

  /** Puts it back to where it would be had nobody moved it. What is still to come waits for its own time. */
  putBack(): void {
    this.#aheadMs = this.#aheadAtFirstMs;
    this.#setAlarm();
  }

  /** Calls everything off and frees the timer. */
  stop(): void {
    clearTimeout(this.#alarm);
    this.#timers = newQueue();
  }

  /** The earliest that is not called off. */
  #next(): Timer | undefined {
    while (this.#timers.peek()?.cancelled) this.#timers.pop();
    return this.#timers.peek();
  }

  #moveTo(moment: number): void {
    this.#aheadMs += Math.max(0, moment - this.now());
  }

  #runDue(): void {
    const now = this.now();
    for (let next = this.#next(); next && next.dueAt <= now; next = this.#next()) {
      this.#timers.pop();
      next.run();
    }
    this.#setAlarm();
  }

  #setAlarm(): void {
    clearTimeout(this.#alarm);
    const next = this.#next();
    if (!next) return;
    const wait = Math.min(Math.max(0, next.dueAt - this.now()), LONGEST_WAIT);
    this.#alarm = setTimeout(() => this.#runDue(), wait);
  }
}

function newQueue(): TinyQueue<Timer> {
  return new TinyQueue<Timer>([], (one, other) => one.dueAt - other.dueAt || one.number - other.number);
}
