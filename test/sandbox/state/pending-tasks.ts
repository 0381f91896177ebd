import type { Clock } from './clock.ts';

/** Tasks for a later moment of the sandbox's clock, which can be counted, and called off together. */
export class PendingTasks {
  readonly #clock: Clock;
  readonly #cancels = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#cancels.size;
  }

  later(ms: number, run: () => void): void {
    const cancel = this.#clock.later(ms, () => {
      this.#cancels.delete(cancel);
      run();
    });
    this.#cancels.add(cancel);
  }

  clear(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
  }
}
