import { processorMs } from './processor-time.ts';

/** The time that a piece of work may take. */
export interface Allowance {
  /** It is done: nobody looks any more. */
  end(): void;
}

/** Of the allowance, on the wall: for work that does not compute but waits, and where processor time is not known. */
const longestWait = 4;
const lookMs = 50;

/**
 * Calls `onUsedUp` once a thread has used so much processor time from now on, or four times that has passed. Where the
 * system does not tell what a thread uses, the time that passes counts. `books`: see processor-time.ts.
 */
export function startAllowance(books: string | null, timeMs: number, onUsedUp: () => void): Allowance {
  const beganAt = performance.now();
  const usedBefore = processorMs(books);
  let timer = setTimeout(look, timeMs);

  function look(): void {
    const used = processorMs(books);
    const left = used === null || usedBefore === null ? 0 : timeMs - (used - usedBefore);
    if (left > 0 && performance.now() - beganAt < longestWait * timeMs)
      timer = setTimeout(look, Math.max(left, lookMs));
    else onUsedUp();
  }

  return { end: () => clearTimeout(timer) };
}
