import type { Clock } from '../state/clock.ts';

/** Holds items back until a later one has overtaken them, or until nothing came by for a while. */
export class ReorderBuffer<T extends { readonly number: number }> {
  readonly #clock: Clock;
  readonly #release: (item: T) => void;
  readonly #held = new Map<T, () => void>();

  constructor(clock: Clock, release: (item: T) => void) {
    this.#clock = clock;
    this.#release = release;
  }

  get size(): number {
    return this.#held.size;
  }

  hold(item: T, longestMs: number): void {
    this.#held.set(
      item,
      this.#clock.later(longestMs, () => this.#letGo(item)),
    );
  }

  /** An item has arrived: the earlier ones that were held for it may go. */
  passed({ number }: T): void {
    for (const item of [...this.#held.keys()]) if (item.number < number) this.#letGo(item);
  }

  clear(): void {
    for (const cancel of this.#held.values()) cancel();
    this.#held.clear();
  }

  #letGo(item: T): void {
    this.#held.get(item)?.();
    this.#held.delete(item);
    this.#release(item);
  }
}
