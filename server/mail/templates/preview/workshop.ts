import { threadHeapMb, workLimits } from './limits.ts';
import type { TaskInput, TaskName, TaskOutcome } from './tasks.ts';
import { startThread, type Thread } from './thread-handle.ts';

/**
 * Threads apart from the main one, in which whatever an admin typed is parsed, rendered and checked: a template that
 * takes too long or too much memory costs its thread, never the process. Threads start when they are first needed.
 */
export interface Workshop {
  /** Does one task; what goes wrong in it is an outcome, never an exception. */
  run<N extends TaskName>(
    name: N,
    input: TaskInput<N>,
    limits?: { timeMs?: number },
  ): Promise<TaskOutcome<N>>;
  /** Ends all threads; work in hand gets the outcome `time`. */
  close(): Promise<void>;
}

/** Creates the pool; `threads` is how many tasks are worked on at once, the rest are the limits of each. */
export function createWorkshop({
  threads = 2,
  heapMb = threadHeapMb,
  timeMs: defaultTimeMs = workLimits.timeMs,
} = {}): Workshop {
  const idle: Thread[] = [];
  const living = new Set<Thread>();
  const waiting: ((thread: Thread) => void)[] = [];
  let closed = false;

  const start = (): Thread => {
    const thread = startThread(heapMb);
    living.add(thread);
    return thread;
  };

  const take = async (): Promise<Thread> => {
    for (let free = idle.pop(); free; free = idle.pop()) {
      if (!free.isBroken()) return free;
      living.delete(free);
    }
    return living.size < threads ? start() : new Promise(resolve => waiting.push(resolve));
  };

  const giveBack = (thread: Thread): void => {
    if (thread.isBroken()) living.delete(thread);
    const next = waiting.shift();
    // One that was lost is replaced at once, so that the next task finds a warm thread.
    const usable = thread.isBroken() && !closed ? start() : thread;
    if (next) next(usable);
    else if (!closed) idle.push(usable);
  };

  return {
    async run(name, input, { timeMs = defaultTimeMs } = {}) {
      if (closed) return { ok: false, problem: 'time', message: 'The mail module has been closed.' };
      const thread = await take();
      try {
        return await thread.work(name, input, timeMs);
      } finally {
        giveBack(thread);
      }
    },
    async close() {
      closed = true;
      await Promise.all([...living].map(thread => thread.end()));
    },
  };
}
