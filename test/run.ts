import { constants } from 'node:os';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import Mocha from 'mocha';
import { connect } from '../db/connect.ts';
import { type LocalDatabase, resolveDatabase } from '../db/local.ts';
import { migrate } from '../db/migrate.ts';
import { closeTestDatabase } from './support/database.ts';
import { chosenFiles } from './support/test-files.ts';

// npm test [-- [--grep PATTERN] [--bail] [--reporter NAME] [--timeout MS] [FILE or FOLDER ...]]

const stopping = new AbortController();
process.on('SIGINT', name => stopping.abort(name)).on('SIGTERM', name => stopping.abort(name));

/** How many tests ended in which way. */
interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

process.exit(await main());

async function main(): Promise<number> {
  let tally: Tally | undefined;
  try {
    tally = await runOnDatabase();
  } catch (error) {
    if (!stopping.signal.aborted) say(error instanceof Error ? error.message : String(error));
  }
  if (tally) report(tally);
  if (stopping.signal.aborted) return 128 + (constants.signals[stopping.signal.reason as 'SIGINT'] ?? 0);
  return tally && tally.passed > 0 ? Math.min(tally.failed, 100) : 1;
}

async function runOnDatabase(): Promise<Tally> {
  const { mocha, files } = prepare();
  const database = await resolveDatabase({
    name: 'test',
    env: process.env,
    log: say,
    signal: stopping.signal,
  });
  try {
    await layTables(database);
    process.env.TEST_DATABASE_URL = database.url;
    await load(files, mocha);
    stopping.signal.throwIfAborted();
    return await run(mocha);
  } finally {
    await closeTestDatabase();
    await database.stop();
  }
}

function prepare(): { mocha: Mocha; files: string[] } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      grep: { type: 'string', short: 'g' },
      bail: { type: 'boolean', short: 'b', default: false },
      reporter: { type: 'string', short: 'R', default: process.env.CI ? 'dot' : 'spec' },
      timeout: { type: 'string', short: 't', default: '20000' },
    },
  });
  const mocha = new Mocha({ bail: values.bail, reporter: values.reporter, timeout: values.timeout });
  if (values.grep) mocha.grep(values.grep);
  return { mocha, files: chosenFiles(positionals) };
}

async function layTables({ url, engine }: LocalDatabase): Promise<void> {
  const db = connect(url, { poolSize: 2 });
  try {
    const names = await migrate(db);
    say(`Testing on ${engine}, ${names.length} migrations run.`);
  } finally {
    await db.destroy();
  }
}

// Mocha's own way tries require() first: a second copy of each module, and the wrong error when one does not load.
async function load(files: string[], mocha: Mocha): Promise<void> {
  for (const file of files) {
    mocha.suite.emit(Mocha.Suite.constants.EVENT_FILE_PRE_REQUIRE, globalThis, file, mocha);
    await import(pathToFileURL(file).href).catch(error => {
      throw new Error(`${file} could not be loaded.\n${error.stack ?? error}`, { cause: error });
    });
  }
}

function run(mocha: Mocha): Promise<Tally> {
  return new Promise(resolve => {
    const runner = mocha.run(() => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      resolve({ passed: passes, failed: failures, skipped: pending });
    });
    stopping.signal.addEventListener('abort', () => cutShort(runner), { once: true });
  });
}

// The test at work is timed out at once, so that its own hooks still end what it started.
function cutShort(runner: Mocha.Runner): void {
  runner.abort();
  const atWork = runner.currentRunnable;
  if (atWork instanceof Mocha.Test && atWork.state === undefined) atWork.timeout(1);
}

/** The last line is for machines: the counts alone. */
function report({ passed, failed, skipped }: Tally): void {
  if (passed + failed === 0) say('No test was run: that is a failure.');
  if (stopping.signal.aborted) say('Stopped before the end.');
  say(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
