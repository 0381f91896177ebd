import { parentPort } from 'node:worker_threads';
import { problemOf, type WorkOutcome } from './outcome.ts';
import { ownBooks } from './processor-time.ts';
import { type TaskName, tasks } from './tasks.ts';

// The inside of a thread of the workshop: it says where its time is booked, then answers one task at a time.

parentPort?.on('message', async ({ name, input }: { name: TaskName; input: never }) => {
  parentPort?.postMessage(await outcomeOf(name, input));
});
parentPort?.postMessage(ownBooks());

async function outcomeOf(name: TaskName, input: never): Promise<WorkOutcome<unknown>> {
  try {
    return { ok: true, value: await tasks[name](input) };
  } catch (error) {
    return { ok: false, ...problemOf(error) };
  }
}
