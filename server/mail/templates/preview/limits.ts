import { commonLimits } from '../../providers/limits.ts';

/** What one piece of work on something an admin typed may use up. */
export interface WorkLimits {
  /** Milliseconds of processor, so that a busy machine refuses nothing; see cpu-budget.ts. */
  timeMs: number;
  /** Bytes of each rendered part. */
  partBytes: number;
}

/** See {@link WorkLimits}: a template of a few hundred elements takes some 50 ms. */
export const workLimits: WorkLimits = { timeMs: 5_000, partBytes: commonLimits.bodyBytes };

/** Heap of a thread in MB: rendering takes 30, the rest is room for large data. */
export const threadHeapMb = 192;
