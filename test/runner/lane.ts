import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import Mocha from 'mocha';
import { closeTestDatabase } from '../support/database.ts';
import { type Assignment, type LaneSettings, type Outcome, outcomeMark } from './outcome.ts';

/**
 * A process that runs the files it is given, one after the other, on a database of its own (`TEST_DATABASE_URL`).
 * SIGTERM cuts the file at work short. It goes when its input ends, and so with the runner, however that ends.
 */

const settings: LaneSettings = JSON.parse(process.env.TEST_LANE ?? '');
const Reporter = silentAtTheEnd(settings.reporter);
let running: Mocha.Runner | undefined;
process.on('SIGTERM', () => running && cutShort(running));

for await (const line of createInterface({ input: process.stdin })) {
  const { file }: Assignment = JSON.parse(line);
  const outcome = await runFile(file);
  process.stdout.write(`${outcomeMark}${JSON.stringify(outcome)}\n`);
}
await closeTestDatabase();
process.exit();

async function runFile(file: string): Promise<Outcome> {
  const { grep, bail, timeout } = settings;
  const mocha = new Mocha({ bail, timeout, reporter: Reporter });
  if (grep) mocha.grep(grep);
  try {
    // Mocha's own way tries require() first: a second copy of each module, and the wrong error when one does not load.
    mocha.suite.emit(Mocha.Suite.constants.EVENT_FILE_PRE_REQUIRE, globalThis, file, mocha);
    await import(pathToFileURL(file).href);
  } catch (error) {
    const reason = error instanceof Error ? error.stack : String(error);
    return { passed: 0, failed: 1, skipped: 0, failures: `${file} could not be loaded.\n${reason}\n` };
  }
  return run(mocha);
}

function run(mocha: Mocha): Promise<Outcome> {
  const failed: Mocha.Test[] = [];
  return new Promise(resolve => {
    running = mocha.run(() => {
      const { passes = 0, failures = 0, pending = 0 } = running?.stats ?? {};
      running?.dispose(); // its listeners on the process would throw what the next file's runner is to report
      mocha.suite.eachTest(test => test.on('error', late => console.error(late))); // a failed test that ends later
      resolve({ passed: passes, failed: failures, skipped: pending, failures: inWords(failed) });
    });
    running.on(Mocha.Runner.constants.EVENT_TEST_FAIL, test => failed.push(test));
  });
}

/** The failures come at the end of all files, and the sums with them. */
function silentAtTheEnd(name: LaneSettings['reporter']) {
  const Named = name === 'dot' ? Mocha.reporters.Dot : Mocha.reporters.Spec;
  return class extends Named {
    override epilogue(): void {}
  };
}

function inWords(failed: Mocha.Test[]): string {
  if (failed.length === 0) return '';
  const { Base } = Mocha.reporters;
  const lines: string[] = [];
  const print = Base.consoleLog;
  Base.consoleLog = (...parts) => lines.push(format(...parts));
  Base.list(failed);
  Base.consoleLog = print;
  return lines.join('\n');
}

// The test at work is timed out at once, so that its own hooks still end what it started.
function cutShort(runner: Mocha.Runner): void {
  runner.abort();
  const atWork = runner.currentRunnable;
  if (atWork instanceof Mocha.Test && atWork.state === undefined) atWork.timeout(1);
}
