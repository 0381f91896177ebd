import type { Clock } from './clock.ts';
import { Fifo } from './fifo.ts';

/** Hands each item on after one constant delay, in order, with a single timer however many items wait. */
export class DelayLine<T> {
  readonly #waiting = new Fifo<{ dueAt: number; item: T }>();
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #onDue: (item: T) => void;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, delayMs: number, onDue: (item: T) => void) {
    this.#clock = clock;
    this.#delayMs = delayMs;
    this.#onDue = onDue;
  }

  /** How many items still wait. */
  get length(): number {
    return this.#waiting.length;
  }

  push(item: T): void {
    this.#waiting.push({ dueAt: this.#clock.now() + this.#delayMs, item });
    this.#cancel ??= this.#clock.later(this.#delayMs, () => this.#drain());
  }

  /** Forgets everything that waits and frees the timer. */
  clear(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#waiting.clear();
  }

  #drain(): void {
    this.#cancel = undefined;
    const now = this.#clock.now();
    for (let next = this.#waiting.peek(); next && next.dueAt <= now; next = this.#waiting.peek()) {
      this.#waiting.shift();
      this.#onDue(next.item);
    }
    const head = this.#waiting.peek();
    if (head) this.#cancel = this.#clock.later(Math.max(1, head.dueAt - now), () => this.#drain());
  }
}
