import { availableParallelism, constants } from 'node:os';
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { connect } from '../db/connect.ts';
import { type LocalDatabase, resolveDatabase } from '../db/local.ts';
import { createDatabase, dropDatabase, migrate } from '../db/migrate.ts';
import { type Lane, openLane } from './runner/lanes.ts';
import { type LaneSettings, type Outcome, sum, type Tally } from './runner/outcome.ts';
import { chosenFiles } from './runner/test-files.ts';

// npm test [-- [--grep PATTERN] [--bail] [--reporter spec|dot] [--timeout MS] [--lanes N] [FILE or FOLDER ...]]

const filesWorthALane = 4;
const mostLanes = 4;
const stopping = new AbortController();
process.on('SIGINT', name => stopping.abort(name)).on('SIGTERM', name => stopping.abort(name));

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
  const { files, lanes: count, settings } = readArguments();
  const { env } = process;
  const database = await resolveDatabase({ name: 'test', env, log: say, signal: stopping.signal });
  try {
    const urls = await layDatabases(database, count);
    stopping.signal.throwIfAborted();
    const lanes = urls.map(url => openLane(url, settings));
    stopping.signal.addEventListener('abort', () => {
      for (const lane of lanes) lane.cutShort();
    });
    const outcomes = await runFiles(files, lanes, settings);
    await Promise.all(lanes.map(lane => lane.close()));
    for (const { failures } of outcomes) if (failures) say(failures);
    return sum(outcomes);
  } finally {
    await database.stop();
  }
}

function readArguments(): { files: string[]; lanes: number; settings: LaneSettings } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      grep: { type: 'string', short: 'g' },
      bail: { type: 'boolean', short: 'b', default: false },
      reporter: { type: 'string', short: 'R', default: process.env.CI ? 'dot' : 'spec' },
      timeout: { type: 'string', short: 't', default: '20000' },
      lanes: { type: 'string', short: 'l' },
    },
  });
  const files = chosenFiles(positionals);
  const wanted = Math.min(Math.ceil(files.length / filesWorthALane), availableParallelism(), mostLanes);
  const settings: LaneSettings = {
    grep: values.grep ?? null,
    bail: values.bail,
    reporter: values.reporter === 'dot' ? 'dot' : 'spec',
    timeout: Number(values.timeout),
  };
  return { files, lanes: Math.max(1, Number(values.lanes ?? wanted)), settings };
}

/** A migrated database for each lane: the one that was resolved, and others beside it. */
async function layDatabases({ url, engine }: LocalDatabase, count: number): Promise<string[]> {
  const urls = Array.from({ length: count }, (_, index) => (index === 0 ? url : beside(url, index + 1)));
  const migrations = await Promise.all(urls.map((each, index) => layTables(each, index > 0)));
  say(`Testing on ${engine}, ${migrations[0]} migrations run, in ${count} ${count > 1 ? 'lanes' : 'lane'}.`);
  return urls;
}

function beside(url: string, number: number): string {
  const other = new URL(url);
  other.pathname += `_${number}`;
  return other.href;
}

async function layTables(url: string, anew: boolean): Promise<number> {
  if (anew) {
    await dropDatabase(url);
    await createDatabase(url);
  }
  const db = connect(url, { poolSize: 2 });
  try {
    return (await migrate(db)).length;
  } finally {
    await db.destroy();
  }
}

/** Each lane takes the next file when it is done with one. */
async function runFiles(files: string[], lanes: Lane[], { bail }: LaneSettings): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const left = files.values();
  const stopped = () => stopping.signal.aborted || (bail && outcomes.some(({ failed }) => failed > 0));
  await Promise.all(
    lanes.map(async lane => {
      for (const file of left) {
        const { outcome, printed } = await lane.run(file);
        outcomes.push(outcome);
        say(`\n${relative(process.cwd(), file)}\n${printed.replace(/^\n+|\n+$/g, '')}`);
        if (stopped() || lane.hasEnded()) break;
      }
    }),
  );
  return outcomes;
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
