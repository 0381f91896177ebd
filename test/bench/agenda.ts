import { measureHistory } from './agenda/history.ts';
import { measureIdle } from './agenda/idle.ts';
import { startPostgres } from './agenda/postgres.ts';
import { measureProcesses } from './agenda/processes.ts';
import { officialSide, ourSide } from './agenda/side.ts';
import { measureThroughput, type Throughput } from './agenda/throughput.ts';
import type { Bench } from './bench.ts';
import { describeServer } from './database.ts';
import type { Result } from './report.ts';
import { median } from './statistics.ts';

const defaultJobs = 5000;
const warmUpJobs = 500;

/**
 * Agenda on our backend against Agenda on the official PostgreSQL backend (the pair): no-op jobs, 50 at once, in
 * turn. Where there is no PostgreSQL ours is measured alone. Then what history, idleness and rivals cost us.
 */
export async function measureAgenda(bench: Bench): Promise<Result[]> {
  const jobs = bench.jobs ?? defaultJobs;
  const results = await measureAgainstPostgres(bench, jobs);
  results.push(await measureHistory(bench), await measureIdle(bench));
  for (const isolation of ['READ COMMITTED', 'REPEATABLE READ'] as const) {
    results.push(await measureProcesses(bench, isolation, jobs));
  }
  return results;
}

async function measureAgainstPostgres(bench: Bench, jobs: number): Promise<Result[]> {
  const { durable } = await describeServer(bench.databaseUrl);
  const postgres = await startPostgres({ durable });
  bench.say(
    postgres
      ? `agenda: the pair is ${postgres.title}`
      : 'agenda: PostgreSQL is not installed (apt-get install postgresql), so ours is measured without a pair',
  );
  try {
    const ours = ourSide(bench.databaseUrl);
    const likeOfficial = { ...ours, title: 'ours with the options of the official one' };
    const official = postgres && officialSide(postgres);
    if (official) likeOfficial.options = official.options;
    const sides = official ? [ours, likeOfficial, official] : [ours];
    for (const side of sides) await measureThroughput(side, Math.min(jobs, warmUpJobs));
    const runs = sides.map(() => [] as Throughput[]);
    for (let round = 1; round <= bench.rounds; round += 1) {
      for (const [at, side] of sides.entries()) {
        bench.signal.throwIfAborted();
        const run = await measureThroughput(side, jobs);
        runs[at]?.push(run);
        bench.say(`agenda, round ${round}, ${side.title}: ${inWords(run)}`);
      }
    }
    return compare(runs, postgres?.title);
  } finally {
    await postgres?.stop();
  }
}

function compare([ours = [], likeOfficial = [], official]: Throughput[][], title = ''): Result[] {
  const result = (part: string, ofOurs: Throughput[], key: keyof Throughput): Result => ({
    part: `agenda ${part}`,
    ours: median(ofOurs.map(run => run[key])),
    pair: official ? median(official.map(run => run[key])) : null,
    unit: key === 'startLatencyMs' ? 'ms' : 'jobs/s',
  });
  const results = [
    result('backlog', ours, 'backlogPerSecond'),
    result('live', ours, 'livePerSecond'),
    result('live start latency p50', ours, 'startLatencyMs'),
  ];
  if (!official) return results;
  const [first] = results;
  if (first)
    first.notes = [
      `agenda: the pair is ${title}; it polls each 100 ms and has no lock limit, which suits it best;`,
      'ours looks each second, locks at most 100 and refills as jobs end. "same options": ours as the pair.',
    ];
  return [...results, result('backlog, same options', likeOfficial, 'backlogPerSecond')];
}

function inWords({ backlogPerSecond, livePerSecond, startLatencyMs }: Throughput): string {
  return `backlog ${backlogPerSecond.toFixed(0)} jobs/s, live ${livePerSecond.toFixed(0)} jobs/s, start after ${startLatencyMs.toFixed(0)} ms`;
}
