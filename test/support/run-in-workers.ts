import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { createRequire } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import Mocha from 'mocha';

/** How many tests ended in which way. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const { EVENT_RUN_END, EVENT_TEST_FAIL, STATE_RUNNING } = Mocha.Runner.constants;
const hooks = fileURLToPath(new URL('./worker-hooks.ts', import.meta.url));
/** Mocha would first require() our files: without their types removed, or as second copies of their modules. */
const importOnly = `data:text/javascript,Object.defineProperty(process.features, 'require_module', { value: false })`;

/**
 * Runs test files in Mocha's worker processes, and reports. An aborted `signal` cuts the files at work short; what they
 * started is ended by their own hooks.
 */
export async function runInWorkers(
  files: string[],
  options: Mocha.MochaOptions,
  signal: AbortSignal,
): Promise<Counts> {
  process.execArgv.push('--import', 'tsx', '--import', importOnly); // Workers inherit them.
  forgetCrashedWorkers();
  const mocha = new Mocha({ ...options, parallel: true, require: [hooks] });
  mocha.files = files;
  let crashed = 0;
  const stats = await new Promise<Mocha.Stats | undefined>(resolve => {
    const end = () => resolve(runner.stats);
    const endEarly = () => {
      runner.emit(EVENT_RUN_END); // The report on what has run. That all others are missing is no news.
      runner.removeAllListeners();
      end();
    };
    watchWorkers(signal, { onCrash: () => crashed++, onStopped: endEarly });
    const listeners = process.listeners('SIGINT');
    const runner = mocha.run(end);
    takeBackSignals(listeners);
    // Without that state Mocha ends its report with the first file that could not be loaded.
    Object.assign(runner, { state: STATE_RUNNING });
    runner.on(EVENT_TEST_FAIL, nameFile);
  });
  const { passes = 0, failures = 0, pending = 0 } = stats ?? {};
  return { passed: passes, failed: Math.max(failures, crashed), skipped: pending };
}

interface WorkerEvents {
  onCrash(): void;
  /** A stop was asked for, and the last worker is gone. */
  onStopped(): void;
}

/** Mocha keeps its workers to itself, so they are met where Node starts processes. */
function watchWorkers(signal: AbortSignal, { onCrash, onStopped }: WorkerEvents): void {
  const running = new Set<ChildProcess>();
  const meet = (child: ChildProcess) => {
    if (!child.spawnargs.some(arg => arg.endsWith('worker.cjs'))) return;
    if (signal.aborted) {
      child.kill('SIGKILL');
      return;
    }
    running.add(child);
    child.once('exit', code => {
      running.delete(child);
      if (code !== 0) onCrash();
      if (signal.aborted && running.size === 0) onStopped();
    });
  };
  subscribe('child_process', message => {
    const { process: child } = message as { process: ChildProcess };
    process.nextTick(meet, child); // It is published before it has its arguments.
  });
  signal.addEventListener('abort', () => {
    for (const child of running) child.kill('SIGTERM');
    if (running.size === 0) onStopped();
  });
}

/** Mocha's pool (workerpool 10.0.3) waits for a crashed worker for ever: for its task, and for the exit that is past. */
function forgetCrashedWorkers(): void {
  const require = createRequire(import.meta.resolve('mocha'));
  const { prototype }: { prototype: WorkerHandler } = require('workerpool/src/WorkerHandler.js');
  const { terminate } = prototype;
  prototype.terminate = function (force, done) {
    if (this.terminated) done?.(null, this);
    else terminate.call(this, force, done);
  };
}

interface WorkerHandler {
  terminated: boolean;
  terminate(force: boolean, done?: (error: Error | null, handler: WorkerHandler) => void): void;
}

/** Mocha's own answer to Ctrl-C ends workers without their hooks, and then this process. */
function takeBackSignals(ours: unknown[]): void {
  for (const listener of process.listeners('SIGINT')) {
    if (!ours.includes(listener)) process.off('SIGINT', listener);
  }
}

/** A file that could not be loaded or whose worker crashed is reported as a failure outside of all tests. */
function nameFile(test: Mocha.Test): void {
  if (test.file && test.parent?.root) test.title = `${relative(process.cwd(), test.file)}: ${test.title}`;
}
