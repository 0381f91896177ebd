import { Fifo } from './fifo.ts';

/** Hands each item on after one constant delay, in order, with a single timer however many items wait. */
export class DelayLine<T> {
  readonly #waiting = new Fifo<{ dueAt: number; item: T }>();
  readonly #delayMs: number;
  readonly #onDue: (item: T) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(delayMs: number, onDue: (item: T) => void) {
    this.#delayMs = delayMs;
    this.#onDue = onDue;
  }

  /** How many items still wait. */
  get length(): number {
    return this.#waiting.length;
  }

  push(item: T): void {
    this.#waiting.push({ dueAt: Date.now() + this.#delayMs, item });
    this.#timer ??= setTimeout(() => this.#drain(), this.#delayMs);
  }

  /** Forgets everything that waits and frees the timer. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting.clear();
  }

  #drain(): void {
    this.#timer = undefined;
    const now = Date.now();
    for (let next = this.#waiting.peek(); next && next.dueAt <= now; next = this.#waiting.peek()) {
      this.#waiting.shift();
      this.#onDue(next.item);
    }
    const head = this.#waiting.peek();
    if (head) this.#timer = setTimeout(() => this.#drain(), Math.max(1, head.dueAt - now));
  }
}
