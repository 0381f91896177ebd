import fc from 'fast-check';
import type { Part } from './part.ts';
import { crash, described, type Fault, FaultFound } from './support/fault.ts';
import { threadMs } from './support/thread-time.ts';
import type { World } from './world.ts';

/** So many inputs of one part, made from one seed. */
export interface Batch {
  part: string;
  seed: number;
  inputs: number;
}

/** What came of a batch. */
export interface BatchResult {
  inputs: number;
  crashes: number;
  serverErrors: number;
  /** The longest that one input held the main thread, in ms of processor time. */
  slowestMs: number;
  /** Each fault that was not found before, with the smallest input that shows it. */
  found: (Fault & { counterexample: string })[];
}

/** The processor time of the main thread that one input may take, in ms: most take less than five. */
export const mostThreadMs = 1_500;
/** An input that is not answered by then has stopped something. */
const mostWaitMs = 90_000;

/** Runs one batch to its end, whatever is found; `known` are the messages of faults found before. */
export async function runBatch(
  part: Part,
  world: World,
  batch: Batch,
  known: Set<string>,
): Promise<BatchResult> {
  const result: BatchResult = { inputs: 0, crashes: 0, serverErrors: 0, slowestMs: 0, found: [] };
  const arbitrary = part.inputs(world);
  // fast-check ends at the first fault; the rest of the batch goes on from another seed.
  for (let seed = batch.seed; result.inputs < batch.inputs; seed = (seed + 0x9e3779b9) | 0) {
    let isShrinking = false;
    const property = fc.asyncProperty(arbitrary, async input => {
      const fault = await faultOf(part, world, input, isShrinking ? null : result);
      if (!isShrinking) count(result, fault);
      if (!fault || known.has(signature(fault))) return;
      isShrinking = true;
      throw new FaultFound(fault);
    });
    const run = await fc.check(property, {
      seed,
      numRuns: batch.inputs - result.inputs,
      interruptAfterTimeLimit: 60_000,
      markInterruptAsFailure: false,
    });
    if (!run.failed) break;
    const fault =
      run.errorInstance instanceof FaultFound
        ? run.errorInstance.fault
        : crash(described(run.errorInstance)).fault;
    known.add(signature(fault));
    result.found.push({ ...fault, counterexample: fc.stringify(run.counterexample?.[0]).slice(0, 4_000) });
  }
  return result;
}

async function faultOf(
  part: Part,
  world: World,
  input: unknown,
  result: BatchResult | null,
): Promise<Fault | null> {
  const before = threadMs();
  try {
    await inTime(part.attempt(world, input));
    const used = threadMs() - before;
    if (result) result.slowestMs = Math.max(result.slowestMs, used);
    if (used > mostThreadMs)
      throw crash(`held the main thread for more than ${mostThreadMs} ms of processor time`);
    const loose = world.looseErrors.shift();
    if (loose !== undefined) throw crash(`unhandled: ${described(loose)}`);
    return null;
  } catch (error) {
    return error instanceof FaultFound ? error.fault : { kind: 'crash', message: described(error) };
  }
}

async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(crash(`no answer within ${mostWaitMs / 1000} s`)), mostWaitMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function count(result: BatchResult, fault: Fault | null): void {
  result.inputs += 1;
  if (fault?.kind === 'crash') result.crashes += 1;
  if (fault?.kind === 'server-error') result.serverErrors += 1;
}

/** The same for the same fault, whichever input showed it. */
function signature({ kind, message }: Fault): string {
  return `${kind} ${message.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+/g, '#').replace(/"[^"]*"/g, '""')}`.slice(
    0,
    200,
  );
}
