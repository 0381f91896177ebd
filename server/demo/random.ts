/** Repeatable chance: the same seed gives the same numbers. */
export interface Random {
  readonly seed: number;
  /** 0 to 1. */
  next(): number;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
}

/** A generator of its own, begun at `seed`. */
export function createRandom(seed: number): Random {
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
