import { setImmediate as nextTurn } from 'node:timers/promises';

/** Long work in turns of the event loop, so that it never holds up a host's requests. */
export interface Turns {
  /** True when this turn has taken long enough; then {@link end} is due. */
  isOver(): boolean;
  /** Lets everything else have its turn. Rejects with the reason of the signal once that is aborted. */
  end(): Promise<void>;
}

const longestMs = 15;

/** Begins work in turns. */
export function workInTurns(signal?: AbortSignal): Turns {
  let began = performance.now();
  return {
    isOver: () => performance.now() - began >= longestMs,
    async end() {
      await nextTurn();
      signal?.throwIfAborted();
      began = performance.now();
    },
  };
}
