import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type Allowance, startAllowance } from './allowance.ts';
import type { WorkOutcome } from './outcome.ts';
import type { TaskInput, TaskName, TaskOutcome } from './tasks.ts';

/** One thread of the workshop; it does one task at a time. */
export interface Thread {
  /** A task that runs out of time or memory ends the thread. Rejects only when the thread could not run at all. */
  work<N extends TaskName>(name: N, input: TaskInput<N>, timeMs: number): Promise<TaskOutcome<N>>;
  /** True when it can do no more. */
  isBroken(): boolean;
  end(): Promise<void>;
}

/** Starts a thread; the first task waits until it is up, and its time counts from then on. */
export function startThread(heapMb: number): Thread {
  const worker = new Worker(entry(), {
    // Nothing of the process is handed on: neither its secrets nor what it was started with.
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 32 },
  });
  worker.unref();
  let broken = false;
  let lose: (loss: WorkOutcome<never> | Error) => void = () => {};

  const ready = new Promise<string | null>(resolve => worker.once('message', resolve));
  worker.on('error', error => {
    broken = true;
    lose((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooMuch : error);
  });
  worker.on('exit', () => {
    broken = true;
    lose(tooLong);
  });

  return {
    isBroken: () => broken,
    async end() {
      broken = true;
      await worker.terminate();
    },
    async work<N extends TaskName>(name: N, input: TaskInput<N>, timeMs: number): Promise<TaskOutcome<N>> {
      if (broken) return tooLong;
      worker.ref();
      let allowance: Allowance | undefined;
      const lost = new Promise<WorkOutcome<never>>((resolve, reject) => {
        lose = loss => (loss instanceof Error ? reject(loss) : resolve(loss));
      });
      const done = ready.then(books => {
        allowance = startAllowance(books, timeMs, () => {
          // Said at once: an answer that still comes must not bring a dying thread back into use.
          broken = true;
          void worker.terminate();
        });
        return answerTo<TaskOutcome<N>>(worker, { name, input });
      });
      try {
        return await Promise.race([done, lost]);
      } finally {
        allowance?.end();
        worker.unref();
      }
    },
  };
}

/** What comes back is what the task of that name gives: nobody but the thread's own code answers. */
function answerTo<T>(worker: Worker, request: { name: TaskName; input: unknown }): Promise<T> {
  return new Promise<T>(resolve => {
    worker.once('message', resolve);
    worker.postMessage(request);
  });
}

const tooLong: WorkOutcome<never> = {
  ok: false,
  problem: 'time',
  message: 'It takes too long: look for loops inside loops, or for very large data.',
};

const tooMuch: WorkOutcome<never> = {
  ok: false,
  problem: 'memory',
  message: 'It needs too much memory: look for loops inside loops, or for very large data.',
};

/**
 * A build's thread starts from its JavaScript. Sources need the loader they were started with, which threads do not
 * inherit: a few lines register it first.
 */
function entry(): URL {
  const extension = path.extname(fileURLToPath(import.meta.url));
  const file = new URL(`./thread${extension}`, import.meta.url);
  if (extension === '.js') return file;
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const start = `import { register } from ${loader}; register(); await import(${JSON.stringify(file.href)});`;
  return new URL(`data:text/javascript,${encodeURIComponent(start)}`);
}
