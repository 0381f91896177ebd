import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Agenda } from 'agenda';
import { MysqlBackend } from '../../../worker/agenda-mysql/index.ts';
import type { Bench } from '../bench.ts';
import type { Result } from '../report.ts';
import { emptyTables, tablePrefix } from './side.ts';

const workers = 4;
const patienceMs = 120_000;

/** What a worker process says. */
export type Word = { kind: 'ready' } | { kind: 'ran'; job: number } | { kind: 'fault'; message: string };

/**
 * Jobs that four worker processes share, at that isolation level, from the first save to the last end. Fails
 * unless each job ran exactly once and no fault (a deadlock, say) reached Agenda.
 */
export async function measureProcesses(
  { databaseUrl, say }: Bench,
  isolation: 'READ COMMITTED' | 'REPEATABLE READ',
  jobs: number,
): Promise<Result> {
  say(`agenda: four worker processes, ${isolation}`);
  await emptyTables(databaseUrl);
  const counted = new RunCount(jobs);
  const children = Array.from({ length: workers }, () => startWorker(databaseUrl, isolation, counted));
  try {
    await counted.allReady;
    const began = performance.now();
    await Promise.all([produce(databaseUrl, jobs), counted.allRan]);
    const ms = performance.now() - began;
    await Promise.all(children.map(stop));
    counted.expectOnceEach();
    return {
      part: `agenda, 4 processes, ${isolation}, each job once`,
      ours: (jobs / ms) * 1000,
      pair: null,
      unit: 'jobs/s',
    };
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

/** What the workers have said so far. */
class RunCount {
  readonly allReady: Promise<void>;
  readonly allRan: Promise<void>;
  private readonly jobs: number;
  private readonly runs = new Map<number, number>();
  private readonly faults: string[] = [];
  private ready = 0;
  private onReady = () => {};
  private onRan = () => {};

  constructor(jobs: number) {
    this.jobs = jobs;
    this.allReady = within(patienceMs, resolve => {
      this.onReady = resolve;
    });
    this.allRan = within(patienceMs, resolve => {
      this.onRan = resolve;
    });
  }

  hear(word: Word): void {
    if (word.kind === 'fault') this.faults.push(word.message);
    if (word.kind === 'ready' && ++this.ready === workers) this.onReady();
    if (word.kind !== 'ran') return;
    this.runs.set(word.job, (this.runs.get(word.job) ?? 0) + 1);
    if (this.runs.size === this.jobs) this.onRan();
  }

  expectOnceEach(): void {
    const twice = [...this.runs.values()].filter(runs => runs > 1).length;
    if (twice > 0) throw new Error(`${twice} of ${this.jobs} jobs ran more than once.`);
    if (this.faults.length > 0) throw new Error(`Faults reached Agenda: ${this.faults.join('; ')}`);
  }
}

function startWorker(databaseUrl: string, isolation: string, counted: RunCount): ChildProcess {
  const child = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, BENCH_DATABASE_URL: databaseUrl, BENCH_ISOLATION: isolation },
  });
  return child.on('message', (word: Word) => counted.hear(word));
}

async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.send('stop');
  await exited;
}

async function produce(databaseUrl: string, jobs: number): Promise<void> {
  const backend = new MysqlBackend({ connection: databaseUrl, tablePrefix, ensureSchema: false });
  await backend.connect();
  const agenda = new Agenda({ backend });
  await agenda.ready;
  let next = 0;
  const one = async () => {
    while (next < jobs) await agenda.now('no-op', { job: next++ });
  };
  await Promise.all(Array.from({ length: 50 }, one));
  await backend.disconnect();
}

function within(ms: number, start: (resolve: () => void) => void): Promise<void> {
  const promise = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The worker processes were not done in time.')), ms);
    timer.unref();
    start(() => {
      clearTimeout(timer);
      resolve();
    });
  });
  promise.catch(() => {}); // the code that awaits it hears of it
  return promise;
}
