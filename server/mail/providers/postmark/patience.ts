import { setTimeout as sleep } from 'node:timers/promises';
import { Errors } from 'postmark';
import type { Patience } from '../provider.ts';

/** How a call to Postmark is made: once, or again where its answer may be better later. */
export type Asking = <T>(call: () => Promise<T>) => Promise<T>;

/** For a person who waits. */
export const once: Asking = call => call();

/** In ms: before the second try, and between two at most. */
const [firstPauseMs, longestPauseMs] = [500, 60_000];

/**
 * For work that nobody waits for: what passes by itself, such as a limit of their rate, a fault of theirs, a broken line or a cut answer, is
 * asked again at growing distances, for as long as the patience lasts.
 */
export function patiently({ ms, signal }: Patience): Asking {
  return async call => {
    const end = performance.now() + ms;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      signal?.throwIfAborted();
      try {
        return await call();
      } catch (error) {
        if (!passes(error) || performance.now() + pauseMs > end) throw error;
        await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, signal && { signal });
      }
    }
  };
}

/** Whether it has to do with the moment and not with what was asked. */
function passes(error: unknown): boolean {
  // An answer that ends in the middle.
  if (!(error instanceof Errors.PostmarkError))
    return error instanceof SyntaxError || error instanceof TypeError;
  const { statusCode } = error;
  return statusCode === 0 || statusCode === 408 || statusCode === 429 || statusCode >= 500;
}
