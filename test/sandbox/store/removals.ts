import type { Clock } from '../state/clock.ts';

/** A request to erase what is known about a recipient. */
export interface Removal {
  readonly id: number;
  readonly requestedFor: string;
  /** In ms since 1970; when it is done is not documented. */
  readonly doneAt: number;
}

const DURATION_MS = 60_000;

/** The data removals of an account. */
export class RemovalStore {
  readonly #removals = new Map<number, Removal>();
  readonly #clock: Clock;
  #nextId = 1_201;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a request; `erase` is carried out when it is done. */
  add(requestedFor: string, erase: () => void): Removal {
    const removal = { id: this.#nextId++, requestedFor, doneAt: this.#clock.now() + DURATION_MS };
    this.#removals.set(removal.id, removal);
    this.#clock.later(DURATION_MS, erase);
    return removal;
  }

  get(id: number): Removal | undefined {
    return this.#removals.get(id);
  }
}
