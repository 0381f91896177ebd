import { Agenda } from 'agenda';
import { median } from '../statistics.ts';
import type { Side } from './side.ts';

/** What one run of a side gave. */
export interface Throughput {
  /** Jobs saved first, then worked off. */
  backlogPerSecond: number;
  /** Jobs saved and worked off at the same time. */
  livePerSecond: number;
  /** From the save of a job to the start of its handler while all are under way, the median in ms. */
  startLatencyMs: number;
}

const concurrency = 50;
const patienceMs = 120_000;

/** Runs so many no-op jobs through Agenda on the side's backend, twice. */
export async function measureThroughput(side: Side, jobs: number): Promise<Throughput> {
  const backlog = await onEmptyTables(side, async run => {
    await run.enqueue(jobs);
    return rate(jobs, async () => {
      await run.agenda.start();
      await run.finished(jobs);
    });
  });
  return onEmptyTables(side, async run => {
    await run.agenda.start();
    const livePerSecond = await rate(jobs, async () => {
      await run.enqueue(jobs);
      await run.finished(jobs);
    });
    return { backlogPerSecond: backlog, livePerSecond, startLatencyMs: median(run.latencies) };
  });
}

interface Run {
  agenda: Agenda;
  /** Saves so many jobs, 50 at a time, each by itself. */
  enqueue(jobs: number): Promise<void>;
  /** Resolves when so many jobs have ended, their end stored. */
  finished(jobs: number): Promise<void>;
  latencies: number[];
}

async function onEmptyTables<T>(side: Side, work: (run: Run) => Promise<T>): Promise<T> {
  const { backend, close } = await side.open();
  const agenda = new Agenda({
    backend,
    name: 'bench',
    defaultConcurrency: concurrency,
    maxConcurrency: concurrency,
    ...side.options,
  });
  const faults: Error[] = [];
  agenda.on('error', error => faults.push(error));
  await agenda.ready;
  const latencies: number[] = [];
  agenda.define<{ savedAt: number }>('no-op', async job => {
    latencies.push(performance.now() - job.attrs.data.savedAt);
  });
  try {
    const result = await work({
      agenda,
      enqueue: jobs => enqueue(agenda, jobs),
      finished: countdown(agenda),
      latencies,
    });
    if (faults[0]) throw faults[0];
    return result;
  } finally {
    await agenda.stop();
    await close();
  }
}

async function enqueue(agenda: Agenda, jobs: number): Promise<void> {
  let left = jobs;
  const one = async () => {
    while (left-- > 0) await agenda.now('no-op', { savedAt: performance.now() });
  };
  await Promise.all(Array.from({ length: concurrency }, one));
}

function countdown(agenda: Agenda): Run['finished'] {
  let ended = 0;
  let wanted = Number.POSITIVE_INFINITY;
  let done = () => {};
  agenda.on('complete', () => {
    if (++ended >= wanted) done();
  });
  return async jobs => {
    wanted = jobs;
    if (ended >= wanted) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`Only ${ended} of ${jobs} jobs had ended after two minutes.`)),
        patienceMs,
      );
      done = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  };
}

async function rate(jobs: number, work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (jobs / (performance.now() - began)) * 1000;
}
