import type { Log } from '../shared/log.ts';
import type { Claim } from './claims-store.ts';

/** Hands freshly accepted messages over in the process that accepted them. */
export interface InlineQueue {
  /** Resolves when the message's outcome is recorded, or when it was left to the worker. Never rejects. */
  add(claim: Claim): Promise<void>;
  /** Waits until it is empty. */
  idle(): Promise<void>;
}

/** Limits of the queue. */
export interface InlineQueueOptions {
  /** Batches that start at once, however small. */
  eagerBatches?: number;
  /** Batches in progress at most. */
  parallel?: number;
  /** Messages of a batch at most. */
  page?: number;
  /** How long a message waits for one of the eager batches before another batch starts for it, in ms. */
  maxWaitMs?: number;
}

interface Waiting {
  claim: Claim;
  since: number;
  done: () => void;
}

/**
 * Delivers claims as they come, alone while there is little to do. Under load, claims that arrive while batches are in
 * progress are gathered for a moment: a batch costs the database and the provider little more than one message.
 */
export function createInlineQueue(
  deliver: (claims: readonly Claim[]) => Promise<void>,
  log: Log,
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
    // Spread over the free batches, so that a burst does not wait in one slow batch.
    if (running.size < eagerBatches)
      return Math.min(page, Math.ceil(waiting.length / (eagerBatches - running.size)));
    // Batches in progress may not end soon: one may hang for as long as the provider lets it.
    return waitedMs(oldest) >= maxWaitMs ? Math.min(page, waiting.length) : 0;
  };

  const deliverAll = async (taken: Waiting[]): Promise<void> => {
    try {
      await deliver(taken.map(({ claim }) => claim));
    } catch (error) {
      // The messages are in the database; when the leases end, the worker takes over.
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
        // After the microtasks of this turn, so that sends made together form one batch.
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
