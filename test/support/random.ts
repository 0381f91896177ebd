import { createRandom as createFromSeed, type Random } from '../../server/demo/random.ts';

export type { Random };

/** Seeded by CHAOS_SEED, else by the clock: a failing test prints the seed that repeats it. */
export function createRandom(seed = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000_000)): Random {
  return createFromSeed(seed);
}
