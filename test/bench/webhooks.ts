import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
import type { Bench } from './bench.ts';
import { type Effort, measureEffort } from './effort.ts';
import type { Result } from './report.ts';
import { median, percentile } from './statistics.ts';
import { rowsOf, type SentMessage, storeMessages, storm, usualEvent } from './webhooks/events.ts';
import { Load, requestOf } from './webhooks/load.ts';

const connections = 16;
/** In one round, and for no longer than this. */
const flood = { events: 16_000, limitMs: 6_000 };
const steady = { perSecond: 1_000, seconds: 5 };
/** The events of the last check, each told twice. */
const stormed = 100_000;
const messagesKnown = 2_000;

/**
 * Events about messages that we know, posted to our door and stored, against a bare Express that parses the same bodies and
 * stores nothing: as many as it takes, and 1,000 a second. At last, many in order against the same shuffled and told twice.
 */
export async function measureWebhooks(bench: Bench): Promise<Result[]> {
  await migrated(bench.databaseUrl);
  const [ours, pair] = [await startDoor('ours', bench.databaseUrl), await startDoor('pair', '')];
  try {
    const messages = await storeMessages(
      bench.databaseUrl,
      Math.min(messagesKnown, bench.events ?? messagesKnown),
    );
    const doors = { ours, pair };
    const runs = { ours: [] as Run[], pair: [] as Run[] };
    let first = 0;
    for (let round = 0; round <= bench.rounds; round += 1) {
      for (const side of ['ours', 'pair'] as const) {
        bench.signal.throwIfAborted();
        const run = await runOf(bench, doors[side], messages, first);
        first += 1_000_000;
        bench.say(
          `webhooks, ${round === 0 ? 'warm-up' : `round ${round}`}: ${side} ${run.rate.toFixed(0)} events/s, ` +
            `p99 ${percentile(run.times, 0.99).toFixed(1)} ms`,
        );
        if (round > 0) runs[side].push(run);
      }
    }
    return [...resultsOf(runs), await orderCheck(bench, ours)];
  } finally {
    await Promise.all([ours.stop(), pair.stop()]);
  }
}

interface Run {
  rate: number;
  times: number[];
  count: number;
  effort: Effort;
}

interface Door {
  load: Load;
  pid: number | null;
  stop(): Promise<void>;
}

async function runOf(
  { events, databasePid }: Bench,
  door: Door,
  messages: readonly SentMessage[],
  first: number,
): Promise<Run> {
  const many = (count: number, from: number) =>
    Array.from({ length: count }, (_, i) =>
      requestOf(usualEvent(messages[i % messages.length] as SentMessage, from + i)),
    );
  const requests = many(events ?? flood.events, first);
  let flooded = { count: 0, ms: 0 };
  const effort = await measureEffort({ sink: door.pid, database: databasePid }, async () => {
    flooded = await door.load.flood(requests, flood.limitMs);
  });
  const paced = many(
    Math.min(events ?? Number.POSITIVE_INFINITY, steady.perSecond * steady.seconds),
    first + 500_000,
  );
  const times = await door.load.pace(paced, steady.perSecond);
  return { rate: (flooded.count / flooded.ms) * 1000, times, count: flooded.count, effort };
}

function resultsOf({ ours, pair }: { ours: Run[]; pair: Run[] }): Result[] {
  const rate = (runs: Run[]) => median(runs.map(one => one.rate));
  const p99 = (runs: Run[]) =>
    percentile(
      runs.flatMap(({ times }) => times),
      0.99,
    );
  const each = (runs: Run[], of: 'here' | 'sink' | 'database') =>
    median(runs.map(({ effort, count }) => (effort.cpu[of] ?? Number.NaN) / count)).toFixed(3);
  const cost = (runs: Run[]) =>
    `${each(runs, 'sink')} ms of processor per event in the door, ${each(runs, 'database')} in the database, ` +
    `${each(runs, 'here')} in who posts`;
  return [
    {
      ...{ part: 'webhooks', ours: rate(ours), pair: rate(pair), unit: 'events/s' },
      notes: [
        `webhooks: ${connections} connections kept open, each event stored and committed before its answer; the pair parses and stores nothing.`,
        `  ours: ${cost(ours)}`,
        `  pair: ${cost(pair)}`,
      ],
    },
    {
      ...{ part: 'webhooks-p99', ours: p99(ours), pair: p99(pair), unit: 'ms' },
      notes: [`webhooks-p99: at ${steady.perSecond} events/s, from when each was due.`],
    },
  ];
}

/** The same facts in order, and shuffled and told twice: how many messages end in another row. */
async function orderCheck({ databaseUrl, events, signal, say }: Bench, door: Door): Promise<Result> {
  const each = 10;
  const count = Math.ceil((events ?? stormed) / each);
  const [inOrder, inDisorder] = [
    await storeMessages(databaseUrl, count),
    await storeMessages(databaseUrl, count),
  ];
  signal.throwIfAborted();
  await door.load.flood(inOrder.flatMap(storm).map(requestOf));
  signal.throwIfAborted();
  const told = inDisorder.flatMap(storm).map(requestOf);
  const { ms } = await door.load.flood(shuffled([...told, ...told]));
  say(`webhooks-order: ${told.length} events, each told twice, in ${(ms / 1000).toFixed(1)} s`);
  const [expected, found] = [await rowsOf(databaseUrl, inOrder), await rowsOf(databaseUrl, inDisorder)];
  return {
    ...{
      part: 'webhooks-order',
      ours: found.filter((row, i) => row !== expected[i]).length,
      pair: null,
      unit: 'rows',
    },
    notes: [
      `webhooks-order: of ${count} messages, those that differ when ${told.length} events come shuffled and twice.`,
    ],
  };
}

function shuffled<T>(items: T[]): T[] {
  for (let i = items.length - 1; i > 0; i -= 1) {
    const j = Math.floor(Math.random() * (i + 1));
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
  return items;
}

async function migrated(databaseUrl: string): Promise<void> {
  const db = connect(databaseUrl);
  await migrate(db).finally(() => db.destroy());
}

async function startDoor(side: 'ours' | 'pair', databaseUrl: string): Promise<Door> {
  const entry = new URL('./webhooks/server.ts', import.meta.url);
  // With the flags of this process, such as --cpu-prof.
  const child: ChildProcess = fork(entry, [side, databaseUrl], { detached: true });
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`The door (${side}) did not start (exit code ${code}).`);
  });
  const [port] = await Promise.race([once(child, 'message'), failed]);
  failed.catch(() => {});
  const load = await Load.open(port, connections);
  return {
    load,
    pid: child.pid ?? null,
    async stop() {
      load.close();
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}
