/** Something to be done at a moment, unless it is cancelled before. */
export interface Timer {
  readonly dueAt: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** Timers, the earliest on top; adding and taking stay cheap at hundreds of thousands. Equal moments keep no order. */
export class TimerHeap {
  readonly #timers: Timer[] = [];

  /** The earliest that is not cancelled. */
  peek(): Timer | undefined {
    while (this.#timers[0]?.cancelled) this.#pop();
    return this.#timers[0];
  }

  push(timer: Timer): void {
    const timers = this.#timers;
    let at = timers.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#dueAt(parent) <= timer.dueAt) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** Takes the earliest when it is due at `now`. */
  takeDue(now: number): Timer | undefined {
    const earliest = this.peek();
    return earliest && earliest.dueAt <= now ? this.#pop() : undefined;
  }

  clear(): void {
    this.#timers.length = 0;
  }

  #pop(): Timer | undefined {
    const timers = this.#timers;
    const [top] = timers;
    const last = timers.pop();
    if (last === undefined || last === top) return top;
    timers[0] = last;
    this.#sink();
    return top;
  }

  #sink(): void {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const child = this.#dueAt(left + 1) < this.#dueAt(left) ? left + 1 : left;
      if (this.#dueAt(child) >= this.#dueAt(at)) return;
      this.#swap(at, child);
      at = child;
    }
  }

  #dueAt(index: number): number {
    return this.#timers[index]?.dueAt ?? Number.POSITIVE_INFINITY;
  }

  #swap(one: number, other: number): void {
    const [a, b] = [this.#timers[one], this.#timers[other]];
    if (a && b) [this.#timers[one], this.#timers[other]] = [b, a];
  }
}
