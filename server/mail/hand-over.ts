import type { Logger } from 'pino';
import type { Claim } from './store/claims.ts';

/** The hand-over of freshly accepted messages in the process that accepted them. */
export interface HandOver {
  /** Resolves when the message's outcome is recorded, or when it was left to the worker. Never rejects. */
  add(claim: Claim): Promise<void>;
  /** Waits until nothing is in hand. */
  idle(): Promise<void>;
}

interface Waiting {
  claim: Claim;
  done: () => void;
}

/**
 * Delivers claims as they come: alone while there is little to do, in pages when more wait than can go at once, so
 * that a burst becomes batch calls and not a crowd of connections.
 */
export function createHandOver(
  deliver: (claims: readonly Claim[]) => Promise<void>,
  log: Logger,
  { parallel = 24, page = 100 }: { parallel?: number; page?: number } = {},
): HandOver {
  const waiting: Waiting[] = [];
  const running = new Set<Promise<void>>();

  const startNext = (): void => {
    while (running.size < parallel && waiting.length > 0) {
      // Shared out over what is free, so that a burst does not sit in one slow batch.
      const share = Math.ceil(waiting.length / (parallel - running.size));
      const taken = waiting.splice(0, Math.min(page, share));
      const run: Promise<void> = deliverAll(taken).finally(() => {
        running.delete(run);
        startNext();
      });
      running.add(run);
    }
  };

  const deliverAll = async (taken: Waiting[]): Promise<void> => {
    try {
      await deliver(taken.map(({ claim }) => claim));
    } catch (error) {
      // What is owed is in the database; when the leases end the worker takes over.
      log.error({ err: error, messages: taken.length }, 'hand-over failed, left to the worker');
    } finally {
      for (const { done } of taken) done();
    }
  };

  return {
    add: claim =>
      new Promise(resolve => {
        waiting.push({ claim, done: resolve });
        // After the microtasks of this turn, so that sends made together travel together.
        setImmediate(startNext);
      }),
    async idle() {
      while (waiting.length > 0 || running.size > 0) {
        startNext();
        await Promise.allSettled([...running]);
      }
    },
  };
}
