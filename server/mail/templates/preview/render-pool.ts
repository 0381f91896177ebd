import { fileURLToPath } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { commonLimits } from '../../providers/limits.ts';
import { builtFile, isBuilt } from '../../shared/package-root.ts';
import type { RenderContext } from '../language/render.ts';
import type { TemplateContent } from '../language/template.ts';
import { type CpuBudget, startCpuBudget } from './cpu-budget.ts';
import { failed, problemOf, type WorkOutcome } from './outcome.ts';
import type { Job, TaskInput, TaskName, TaskOutcome } from './pool-worker.ts';
import type { RenderedMail } from './tasks/render.ts';

/** What one piece of work on something an admin typed may use up. */
export interface WorkLimits {
  /** Milliseconds of processor, so that a busy machine refuses nothing; see cpu-budget.ts. */
  timeMs: number;
  /** Bytes of each rendered part. */
  partBytes: number;
}

/** See {@link WorkLimits}: a template of a few hundred elements takes some 50 ms. */
export const workLimits: WorkLimits = { timeMs: 5_000, partBytes: commonLimits.bodyBytes };

/** Milliseconds of processor for work that is under way when nobody waits for it any more. */
const abandonedMs = 500;

/** Heap of a thread in MB: rendering takes 30, the rest is room for large data. */
export const threadHeapMb = 192;

/**
 * Threads apart from the main one, in which whatever an admin typed is parsed, rendered and checked: a template that
 * takes too long or too much memory costs its thread, never the process. Threads start when they are first needed.
 */
export interface RenderPool {
  /**
   * Does one task; what goes wrong in it is an outcome, never an exception. It ends when `signal` says that nobody
   * waits for it any more.
   */
  run<N extends TaskName>(name: N, input: TaskInput<N>, limits?: TaskLimits): Promise<TaskOutcome<N>>;
  /** Ends all threads; work in hand gets the outcome `time`. */
  close(): Promise<void>;
}

/** What one task may use up, and for how long it is wanted. */
export interface TaskLimits {
  timeMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** Creates the pool; `threads` is how many tasks are worked on at once, the rest are the limits of each. */
export function createRenderPool({
  threads = 2,
  heapMb = threadHeapMb,
  timeMs: defaultTimeMs = workLimits.timeMs,
} = {}): RenderPool {
  let pool: Piscina<Job, WorkOutcome<unknown>> | undefined;
  let closed = false;

  return {
    async run<N extends TaskName>(name: N, input: TaskInput<N>, limits: TaskLimits = {}) {
      const { timeMs = defaultTimeMs, signal } = limits;
      if (closed) return failed('time', 'The mail module has been closed.');
      if (signal?.aborted) return abandoned;
      pool ??= startThreads(threads, heapMb);
      const overrun = new AbortController();
      const { port1: hears, port2: started } = new MessageChannel();
      let budget: CpuBudget | undefined;
      const end = () => overrun.abort();
      let whenLeft = end;
      // A task that waits for a thread to be free, or to start, uses up nothing.
      hears.once('message', (thread: string | null) => {
        budget = startCpuBudget(thread, timeMs, end);
        // Ending it costs the thread, and most tasks are done sooner than another one has started.
        whenLeft = () => {
          budget?.end();
          budget = startCpuBudget(thread, Math.min(timeMs, abandonedMs), end);
        };
      });
      const leave = () => whenLeft();
      signal?.addEventListener('abort', leave, { once: true });
      try {
        const work = { transferList: [started], signal: overrun.signal };
        // What comes back is what the task of that name gives: only the thread's own code answers.
        return (await pool.run({ name, input, started }, work)) as TaskOutcome<N>;
      } catch (error) {
        if (signal?.aborted) return abandoned;
        if (overrun.signal.aborted || closed) return tooLong;
        if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') return tooMuch;
        // What is given to a thread is copied, which needs the stack: this goes thousands of levels deep.
        if (error instanceof RangeError) return { ok: false, problem: problemOf(error) };
        throw error;
      } finally {
        budget?.end();
        signal?.removeEventListener('abort', leave);
        hears.close();
      }
    },
    async close() {
      closed = true;
      await pool?.destroy();
    },
  };
}

/**
 * Renders what an admin typed, in a thread of its own: for previews, checks and replays. Published versions are
 * rendered in their process, which is quicker. The data is checked against the content's contract first.
 */
export function renderSafely(
  renderPool: RenderPool,
  content: TemplateContent,
  data: Record<string, unknown>,
  context: RenderContext,
  { partBytes = workLimits.partBytes, ...limits }: TaskLimits & { partBytes?: number } = {},
): Promise<WorkOutcome<RenderedMail>> {
  return renderPool.run('render', { content, data, ...context, partBytes }, limits);
}

function startThreads(threads: number, heapMb: number): Piscina<Job, WorkOutcome<unknown>> {
  const pool = new Piscina<Job, WorkOutcome<unknown>>({
    filename: worker.file,
    // One that is lost is replaced at once, so that the next task finds a warm thread; more start when tasks wait.
    minThreads: 1,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
    // Nothing of the process is handed on: neither its secrets nor what it was started with.
    env: {},
    execArgv: worker.execArgv,
    resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 32 },
    recordTiming: false,
  });
  // A thread that dies on its way out, its task answered already: told to nobody, it would end the process.
  return pool.on('error', () => {});
}

// Sources need the loader they were started with, which threads do not inherit.
const worker = isBuilt
  ? { file: builtFile('pool-task.cjs'), execArgv: [] }
  : {
      file: fileURLToPath(new URL('pool-worker.ts', import.meta.url)),
      execArgv: ['--import', import.meta.resolve('tsx')],
    };

const abandoned = failed('time', 'Nobody waits for it any more.');
const tooLong = failed('time', 'It takes too long: look for loops inside loops, or for very large data.');
const tooMuch = failed(
  'memory',
  'It needs too much memory: look for loops inside loops, or for very large data.',
);
