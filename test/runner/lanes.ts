import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { LaneSettings, Outcome } from './outcome.ts';
import { outcomeMark } from './outcome.ts';

const entry = fileURLToPath(new URL('./lane.ts', import.meta.url));

/** What came of a file, and what its reporter printed meanwhile. */
export interface FileRun {
  outcome: Outcome;
  printed: string;
}

/** One process that runs files of tests, one at a time. */
export interface Lane {
  /** Runs a file. A process that ends in the middle of it is a failure, and runs no other. */
  run(file: string): Promise<FileRun>;
  hasEnded(): boolean;
  /** Cuts the file at work short: it ends soon, with its hooks run. */
  cutShort(): void;
  /** Lets the process end, and waits for it. */
  close(): Promise<void>;
}

/** Starts a lane on the migrated database at `databaseUrl`. */
export function openLane(databaseUrl: string, settings: LaneSettings): Lane {
  // A group of its own: Ctrl-C in the terminal reaches the runner alone, which then cuts the lanes short.
  const child = spawn(process.execPath, ['--import', 'tsx', entry], {
    env: { ...process.env, ...colour(), TEST_DATABASE_URL: databaseUrl, TEST_LANE: JSON.stringify(settings) },
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  child.stdin.on('error', () => {}); // It has ended, which is told where its output ends.
  const ended = once(child, 'exit');
  const output = fileRuns(child);
  return {
    async run(file) {
      child.stdin.write(`${JSON.stringify({ file })}\n`);
      const next = await output.next();
      if (!next.done) return next.value;
      const [code, signal] = await ended;
      const failures = `${file}: its process ended (${signal ?? `exit code ${code}`}).\n`;
      return { outcome: { passed: 0, failed: 1, skipped: 0, failures }, printed: next.value };
    },
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    cutShort: () => child.kill('SIGTERM'),
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}

/** What the lane prints, cut at its outcomes; the rest at last. */
async function* fileRuns(
  child: ChildProcessByStdio<Writable, Readable, null>,
): AsyncGenerator<FileRun, string> {
  let printed = '';
  let record: string | null = null;
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    const [before, after] = String(chunk).split(outcomeMark);
    if (record === null) printed += before;
    else record += before;
    if (after !== undefined) record = after;
    if (!record?.endsWith('\n')) continue;
    yield { outcome: JSON.parse(record), printed };
    printed = '';
    record = null;
  }
  return printed;
}

function colour(): NodeJS.ProcessEnv {
  return process.stdout.isTTY && !process.env.NO_COLOR ? { FORCE_COLOR: '1' } : {};
}
