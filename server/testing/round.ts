import { type Job, jobs } from '../../worker/jobs.ts';
import type { Mail } from '../mail/index.ts';

/** What a round of the worker does beside its usual work. */
export interface RoundOptions {
  /** Jobs that have their hour of the day, such as `['reconcile', 'purge']`. */
  also?: readonly string[] | undefined;
}

/** A job that finds something every time would never let a round end. */
const mostTurns = 10_000;

/**
 * A round of the worker on call, without Agenda: every job that runs every few seconds, in their order, again and again
 * until none finds anything; then those of every few minutes, once. What is due later stays.
 */
export async function runRound(mail: Mail, { also = [] }: RoundOptions = {}): Promise<void> {
  const unknown = also.find(name => !jobs.some(job => job.name === name));
  if (unknown !== undefined)
    throw new TypeError(`There is no job ${unknown}, but ${jobs.map(({ name }) => name).join(', ')}.`);
  const { signal } = new AbortController();
  const frequent = jobs.filter(({ every }) => /second/.test(every));
  for (let turn = 0, found = true; found; turn += 1) {
    if (turn === mostTurns)
      throw new Error('The worker always finds more to do: a round of it does not end.');
    found = false;
    for (const { run } of frequent) found = isWork(await run(mail, signal)) || found;
  }
  for (const { run } of jobs.filter(job => !frequent.includes(job) && isIn(job, also)))
    await run(mail, signal);
}

function isWork(answer: unknown): boolean {
  return typeof answer === 'number' && answer > 0;
}

/** Rare jobs are done when they are asked for. */
function isIn({ name, every }: Job, also: readonly string[]): boolean {
  return /minute/.test(every) || also.includes(name);
}
