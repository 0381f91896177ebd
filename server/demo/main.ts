import { fileURLToPath } from 'node:url';
import { type Child, prepareChild } from './children.ts';

/** `npm start`: a database, a Postmark, the server, the worker, and something to look at. Stops in reverse. */

const logFolder = fileURLToPath(new URL('../../.postlane/logs', import.meta.url));
const programs = {
  server: { library: at('../app.ts'), entry: at('../main.ts') },
  worker: { library: at('../../worker/index.ts'), entry: at('../../worker/main.ts') },
};

const children: Child[] = [];
const cleanUps: (() => Promise<unknown>)[] = [];
const stopping = new AbortController();
let exitCode = 0;
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    exitCode = code;
    stopping.abort();
  });
}

try {
  const server = prepared('server');
  // Loaded while the server loads: it is much, and nothing depends on who is first.
  const { run } = await import('./run.ts');
  await run({ signal: stopping.signal, cleanUps, server, worker: () => prepared('worker'), logFolder, say });
} catch (error) {
  if (!stopping.signal.aborted) {
    exitCode = (error as { exitCode?: number }).exitCode ?? 1;
    say(error instanceof Error ? error.message : String(error));
  }
}
if (stopping.signal.aborted) say('Stopping ...');
// First those who use what the others provide.
await Promise.all(children.map(child => child.stop()));
for (const cleanUp of cleanUps.reverse()) await cleanUp().catch(error => say(String(error)));
if (stopping.signal.aborted) say('Stopped; nothing is left running.');
process.exit(exitCode);

function prepared(name: keyof typeof programs): Child {
  const child = prepareChild(name, programs[name], logFolder);
  children.push(child);
  return child;
}

function at(file: string): URL {
  return new URL(file, import.meta.url);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
