import type { Logger } from 'pino';
import type { Claim } from './claims-store.ts';

/** The hand-over of freshly accepted messages in the process that accepted them. */
export interface InlineQueue {
  /** Resolves when the message's outcome is recorded, or when it was left to the worker. Never rejects. */
  add(claim: Claim): Promise<void>;
  /** Waits until nothing is in hand. */
  idle(): Promise<void>;
}

/** How much goes at once. */
export interface InlineQueueOptions {
  /** Pages that start at once, whatever is in them. */
  eagerBatches?: number;
  /** Pages under way at most. */
  parallel?: number;
  /** Messages of a page at most. */
  page?: number;
  /** How long a message waits for one of the eager batches before another page starts for it, in ms. */
  maxWaitMs?: number;
}

interface Waiting {
  claim: Claim;
  since: number;
  done: () => void;
}

/**
 * Delivers claims as they come: alone while there is little to do. In a crowd, what comes while some pages are under way
 * gathers for a moment and then travels together: a page costs the database and the provider little more than a message.
 */
export function createInlineQueue(
  deliver: (claims: readonly Claim[]) => Promise<void>,
  log: Logger,
  { eagerBatches = 4, parallel = 24, page = 100, maxWaitMs = 20 }: InlineQueueOptions = {},
): InlineQueue {
  const waiting: Waiting[] = [];
  const running = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;

  const startNext = (): void => {
    clearTimeout(timer);
    for (let size = nextPage(); size > 0; size = nextPage()) {
      const run: Promise<void> = deliverAll(waiting.splice(0, size)).finally(() => {
        running.delete(run);
        startNext();
      });
      running.add(run);
    }
    const [oldest] = waiting;
    if (oldest && running.size < parallel) timer = setTimeout(startNext, maxWaitMs - waitedMs(oldest));
  };

  const nextPage = (): number => {
    const [oldest] = waiting;
    if (!oldest || running.size >= parallel) return 0;
    // Shared out over what is free, so that a burst does not sit in one slow page.
    if (running.size < eagerBatches)
      return Math.min(page, Math.ceil(waiting.length / (eagerBatches - running.size)));
    // The pages under way are not counted on to end soon: one may hang for as long as the provider lets it.
    return waitedMs(oldest) >= maxWaitMs ? Math.min(page, waiting.length) : 0;
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

  const waitedMs = ({ since }: Waiting) => performance.now() - since;

  return {
    add: claim =>
      new Promise(resolve => {
        waiting.push({ claim, since: performance.now(), done: resolve });
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
