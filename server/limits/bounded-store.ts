import type { IncrementResponse, Options, Store } from 'express-rate-limit';

/** As many addresses are counted at once, some 2 MB; with more, those that came first are counted again from nothing. */
export const mostAddresses = 10_000;

/** Counts requests by address in a memory that does not grow with the number of addresses that somebody has. */
export class BoundedStore implements Store {
  readonly localKeys = true;
  #windowMs = 60_000;
  /** In the order in which their windows end. */
  readonly #counts = new Map<string, { totalHits: number; resetTime: Date }>();

  /** How many addresses are being counted. */
  get size(): number {
    return this.#counts.size;
  }

  init({ windowMs }: Pick<Options, 'windowMs'>): void {
    this.#windowMs = windowMs;
  }

  increment(key: string): IncrementResponse {
    const count = this.#running(key) ?? this.#begin(key);
    count.totalHits += 1;
    return { ...count };
  }

  decrement(key: string): void {
    const count = this.#running(key);
    if (count) count.totalHits -= 1;
  }

  resetKey(key: string): void {
    this.#counts.delete(key);
  }

  #running(key: string) {
    const count = this.#counts.get(key);
    return count && count.resetTime.getTime() > Date.now() ? count : null;
  }

  #begin(key: string) {
    const count = { totalHits: 0, resetTime: new Date(Date.now() + this.#windowMs) };
    this.#counts.delete(key);
    const [oldest] = this.#counts.keys();
    if (oldest !== undefined && this.#counts.size >= mostAddresses) this.#counts.delete(oldest);
    this.#counts.set(key, count);
    return count;
  }
}
