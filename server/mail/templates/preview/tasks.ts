import type { WorkOutcome } from './outcome.ts';
import { compareWithSent } from './tasks/compare.ts';
import { compileMjml } from './tasks/compile-mjml.ts';
import { inspect } from './tasks/inspect.ts';
import { render } from './tasks/render.ts';

/** What the threads of the workshop can do; each takes and gives plain values. */
export const tasks = { render, inspect, compareWithSent, compileMjml };

type Tasks = typeof tasks;
export type TaskName = keyof Tasks;
/** What a task is given. */
export type TaskInput<N extends TaskName> = Parameters<Tasks[N]>[0];
/** What became of it. */
export type TaskOutcome<N extends TaskName> = WorkOutcome<Awaited<ReturnType<Tasks[N]>>>;
