import type { MessagePort } from 'node:worker_threads';
import { readInclusions } from '../language/inclusions.ts';
import { confidentialIssues } from '../lint/confidential/check.ts';
import { threadProcPath } from './cpu-budget.ts';
import { problemOf, type WorkOutcome } from './outcome.ts';
import { compareWithSent } from './tasks/compare.ts';
import { compileMjml } from './tasks/compile-mjml.ts';
import { differences } from './tasks/differences.ts';
import { inspect } from './tasks/inspect.ts';
import { preview } from './tasks/preview.ts';
import { render } from './tasks/render.ts';
import { renderedDifferences } from './tasks/rendered-differences.ts';

/** What the threads of the pool can do; each takes and gives plain values. */
const tasks = {
  readInclusions,
  compileMjml,
  render,
  preview,
  inspect,
  compareWithSent,
  differences,
  renderedDifferences,
  findLeaks: confidentialIssues,
};

type Tasks = typeof tasks;
export type TaskName = keyof Tasks;
/** What a task is given. */
export type TaskInput<N extends TaskName> = Parameters<Tasks[N]>[0];
/** What became of it. */
export type TaskOutcome<N extends TaskName> = WorkOutcome<Awaited<ReturnType<Tasks[N]>>>;

/** What a thread is asked to do. `started` is told the thread's {@link threadProcPath} when the work begins. */
export interface Job<N extends TaskName = TaskName> {
  name: N;
  input: TaskInput<N>;
  started: MessagePort;
}

/** The inside of a thread: does one task at a time. */
export default async function work({ name, input, started }: Job): Promise<WorkOutcome<unknown>> {
  started.postMessage(threadProcPath());
  started.close();
  try {
    return { ok: true, value: await tasks[name](input as never) };
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
}
