import { parentPort } from 'node:worker_threads';
import { problemOf, type WorkOutcome } from './outcome.ts';
import { type TaskName, tasks } from './tasks.ts';

// The inside of a thread of the workshop: one task at a time, each answered by its outcome.

parentPort?.on('message', async ({ name, input }: { name: TaskName; input: never }) => {
  parentPort?.postMessage(await outcomeOf(name, input));
});
parentPort?.postMessage('ready');

async function outcomeOf(name: TaskName, input: never): Promise<WorkOutcome<unknown>> {
  try {
    return { ok: true, value: await tasks[name](input) };
  } catch (error) {
    return { ok: false, ...problemOf(error) };
  }
}
