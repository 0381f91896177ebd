import { readdirSync, statSync } from 'node:fs';
import { availableParallelism, constants } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { resolveDatabase } from '../db/local.ts';
import { type Counts, runInWorkers } from './support/run-in-workers.ts';

// npm test [-- [--grep PATTERN] [--bail] [--reporter spec|dot] [--timeout MS] [--jobs N] [FILE or FOLDER ...]]

/**
 * The kinds of test; `bench` measures and has a command of its own; `package` installs from the registry,
 * and is run by CI or when it is named. The longest files are in the first ones: begun
 * early, they keep no worker busy after the others have ended.
 */
const kinds = ['chaos', 'browser', 'http', 'database', 'unit'];
const maxJobs = 4;

const stopping = new AbortController();
process.on('SIGINT', name => stopping.abort(name)).on('SIGTERM', name => stopping.abort(name));

process.exit(await main());

async function main(): Promise<number> {
  let counts: Counts | undefined;
  try {
    counts = await runOnDatabase();
  } catch (error) {
    if (!stopping.signal.aborted) say(error instanceof Error ? error.message : String(error));
  }
  if (counts) report(counts);
  if (stopping.signal.aborted) return 128 + (constants.signals[stopping.signal.reason as 'SIGINT'] ?? 0);
  return counts && counts.passed > 0 ? Math.min(counts.failed, 100) : 1;
}

async function runOnDatabase(): Promise<Counts> {
  const { files, options } = readArguments();
  const { signal } = stopping;
  const database = await resolveDatabase({ name: 'test', env: process.env, log: say, signal });
  try {
    signal.throwIfAborted();
    say(`Testing on ${database.engine}.`);
    process.env.TEST_DATABASE_URL = database.url; // For the workers.
    return await runInWorkers(files, options, signal);
  } finally {
    await database.stop();
  }
}

function readArguments(): { files: string[]; options: Mocha.MochaOptions } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      grep: { type: 'string', short: 'g' },
      bail: { type: 'boolean', short: 'b', default: false },
      reporter: { type: 'string', short: 'R', default: process.env.CI ? 'dot' : 'spec' },
      timeout: { type: 'string', short: 't', default: '20000' },
      jobs: { type: 'string', short: 'j', default: String(Math.min(availableParallelism(), maxJobs)) },
    },
  });
  // With one job alone Mocha would load everything into this process.
  return { files: filesOf(positionals), options: { ...values, jobs: Math.max(2, Number(values.jobs)) } };
}

/** The test files of the named files and folders (relative to the working folder), or all of them. */
function filesOf(named: string[]): string[] {
  const all = kinds.map(kind => fileURLToPath(new URL(kind, import.meta.url)));
  return (named.length > 0 ? named.map(name => resolve(name)) : all).flatMap(path =>
    statSync(path).isDirectory() ? testFilesIn(path) : [path],
  );
}

function testFilesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.ts'))
    .sort()
    .map(name => join(folder, name));
}

/** The last line is for machines: the counts alone. */
function report({ passed, failed, skipped }: Counts): void {
  if (passed + failed === 0) say('No test was run: that is a failure.');
  if (stopping.signal.aborted) say('Stopped before the end.');
  say(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
