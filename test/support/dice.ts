/** Repeatable chance: the same seed gives the same throws. */
export interface Dice {
  readonly seed: number;
  /** 0 to 1. */
  next(): number;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
}

/** Seeded by CHAOS_SEED, else by the clock: a failing test prints the seed that repeats it. */
export function createDice(seed = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000_000)): Dice {
  let state = seed >>> 0;
  // mulberry32: small, and random enough to choose moments.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { seed, next, between: (least, most) => least + Math.floor(next() * (most - least + 1)) };
}
