import { prepareTestDatabase } from './database.ts';

// Mocha loads this once into each worker process, which runs one file after the other.

let stopping = false;
let current: Mocha.Test | undefined;

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);

/** The test at work is timed out at once, so that its own hooks still end what it started. */
function stop(): void {
  stopping = true;
  if (current?.state === undefined) current?.timeout(1);
}

/** The hooks of every file. */
export async function mochaHooks(): Promise<Mocha.RootHookObject> {
  await prepareTestDatabase();
  return { beforeAll: [endWhenStopping, failOnLooseRejections], beforeEach };
}

// Between two files: what came of the last one has been reported.
function endWhenStopping(): void {
  if (stopping) process.exit();
}

/** Mocha passes a rejection that nobody awaits on to the process, and removes all listeners there after each file. */
function failOnLooseRejections(): void {
  process.on('unhandledRejection', reason => {
    throw reason;
  });
}

function beforeEach(this: Mocha.Context): void {
  if (stopping) throw new Error('The run was stopped.');
  current = this.currentTest;
}
