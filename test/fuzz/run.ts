import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Batch, BatchResult } from './batch.ts';
import type { Options } from './options.ts';

/** What came of a run. */
export interface RunResult extends BatchResult {
  seconds: number;
  found: (BatchResult['found'][number] & { batch: Batch })[];
  /** Inputs, and seconds of one process, by part. */
  byPart: Map<string, { inputs: number; seconds: number }>;
}

/** What a run needs to know of a part. */
export type Shares = readonly { name: string; share: number }[];

const processes = 2;
/** Of a long run; a short one has smaller ones, so that each part has its turn. */
const mostBatchInputs = 250;
/** A batch takes seconds; a process that says nothing for so long is held by one input. */
const mostSilenceMs = 240_000;
const entry = new URL('./child.ts', import.meta.url).pathname;

/** Runs batches in processes of their own, each with a database beside the one that is named. */
export async function run(
  { inputs, seed, seconds }: Options,
  shares: Shares,
  databaseUrl: string,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<RunResult> {
  const result: RunResult = {
    ...{ inputs: 0, crashes: 0, serverErrors: 0, slowestMs: 0, seconds: 0, found: [] },
    byPart: new Map(),
  };
  const began = performance.now();
  const since = () => (performance.now() - began) / 1000;
  const batches = batchesOf(inputs, seed, shares);
  const isOver = () => signal.aborted || since() > seconds;
  const working = Array.from({ length: processes }, (_, i) =>
    work(databaseOf(databaseUrl, i), () => (isOver() ? undefined : batches.next().value), note, signal),
  );
  let toldAt = 0;
  function note(batch: Batch, came: BatchResult, took: number): void {
    result.inputs += came.inputs;
    result.crashes += came.crashes;
    result.serverErrors += came.serverErrors;
    result.slowestMs = Math.max(result.slowestMs, came.slowestMs);
    const part = result.byPart.get(batch.part) ?? { inputs: 0, seconds: 0 };
    result.byPart.set(batch.part, { inputs: part.inputs + came.inputs, seconds: part.seconds + took });
    for (const fault of came.found) {
      result.found.push({ ...fault, batch });
      say(reproduction(fault, batch));
    }
    if (since() < toldAt + 10) return;
    toldAt = since();
    say(
      `${result.inputs} inputs in ${Math.round(toldAt)} s, ${result.crashes} crashes, ${result.serverErrors} server errors`,
    );
  }
  await Promise.all(working);
  return { ...result, seconds: since() };
}

/** How to see a fault again, in words for a person. */
function reproduction({ kind, message, counterexample }: BatchResult['found'][number], batch: Batch): string {
  return [
    `${kind} in ${batch.part}: ${message}`,
    `  input: ${counterexample}`,
    `  again: npm run fuzz -- --part ${batch.part} --seed ${batch.seed} --inputs ${batch.inputs}`,
  ].join('\n');
}

/** Parts in turn by their shares; the first batch of a part has the seed itself, so that one batch can be run again. */
function* batchesOf(inputs: number, seed: number, shares: Shares): Generator<Batch, undefined> {
  const all = shares.reduce((sum, { share }) => sum + share, 0);
  const left = shares.map(({ name, share }) => ({
    part: name,
    count: Math.ceil((inputs * share) / all),
    done: 0,
  }));
  // One part with so few inputs is one batch: that is how a fault is shown again.
  const isOneBatch = shares.length === 1 && inputs <= mostBatchInputs;
  const most = isOneBatch ? inputs : Math.min(Math.max(Math.ceil(inputs / 100), 20), mostBatchInputs);
  let total = 0;
  for (let next = furthest(left); next && total < inputs; next = furthest(left)) {
    const size = Math.min(most, next.count - next.done, inputs - total);
    yield { part: next.part, seed: (seed + (next.done / most) * 7919) | 0, inputs: size };
    next.done += size;
    total += size;
  }
  return undefined;
}

type Left = { part: string; count: number; done: number };

/** The part that has the largest share of its inputs still before it. */
function furthest(left: Left[]): Left | undefined {
  const share = ({ count, done }: Left) => (count - done) / count;
  return left.filter(one => one.done < one.count).sort((one, other) => share(other) - share(one))[0];
}

function databaseOf(url: string, index: number): string {
  const own = new URL(url);
  own.pathname += `_fuzz${index + 1}`;
  return own.href;
}

/** Keeps one process at work; one that ends or is silent is a crash, and another takes its place. */
async function work(
  databaseUrl: string,
  next: () => Batch | undefined,
  note: (batch: Batch, came: BatchResult, seconds: number) => void,
  signal: AbortSignal,
): Promise<void> {
  let child = start(databaseUrl);
  for (let batch = next(); batch; batch = next()) {
    const began = performance.now();
    const came = await resultOf(child, batch, signal);
    if (signal.aborted) break;
    if (!came.result) {
      await end(child);
      child = start(databaseUrl);
    }
    note(batch, came.result ?? died(came.why), (performance.now() - began) / 1000);
  }
  await end(child);
}

function start(databaseUrl: string): ChildProcess {
  return fork(entry, [databaseUrl], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

type Came = { result: BatchResult; why?: undefined } | { result: null; why: string };

async function resultOf(child: ChildProcess, batch: Batch, signal: AbortSignal): Promise<Came> {
  const over = new AbortController();
  const until = { signal: AbortSignal.any([over.signal, signal]) };
  const silence = setTimeout(() => over.abort(), mostSilenceMs);
  try {
    child.send(batch);
    return await Promise.race([
      once(child, 'message', until).then(([result]): Came => ({ result: result as BatchResult })),
      once(child, 'exit', until).then(
        ([code, name]): Came => ({ result: null, why: `the process ended: ${code ?? name}` }),
      ),
    ]);
  } catch {
    return { result: null, why: `the process was held for ${mostSilenceMs / 1000} s` };
  } finally {
    clearTimeout(silence);
    over.abort();
  }
}

function died(why: string): BatchResult {
  const found = { kind: 'crash' as const, message: why, counterexample: 'unknown: one of the batch' };
  return { inputs: 1, crashes: 1, serverErrors: 0, slowestMs: 0, found: [found] };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
