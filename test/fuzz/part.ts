import type fc from 'fast-check';
import type { World } from './world.ts';

/** One kind of door, and how it is attacked. */
export interface Part<Input = unknown> {
  name: string;
  /** How many of a thousand inputs it gets, chosen by what one costs. */
  share: number;
  /** What is tried; made once for each process. */
  inputs(world: World): fc.Arbitrary<Input>;
  /** Hands one input in at the door. Throws a `FaultFound`. */
  attempt(world: World, input: Input): Promise<void>;
  /** Between two batches: what the inputs have used up is made again. */
  tend?(world: World): Promise<void>;
}
