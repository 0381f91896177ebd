import type { MailError } from '../error.ts';
import { workInTurns } from './turns.ts';

/** What became of a list. Faults carry the item's index from 0; the first thousand are kept with their reasons. */
export interface LongListResult {
  rejected: number;
  faults: { index: number; field: string | undefined; message: string }[];
  /** True when the rest was not read; see `stopAtFaults`. */
  stopped?: true;
}

/** How far a list is read. */
export interface LongListOptions {
  /** Ends the work when it is aborted, with its reason; the pages that were stored stay. */
  signal?: AbortSignal | undefined;
  /** Stops reading once so many were rejected and they are more than half of all: it is not the list that was meant. */
  stopAtFaults?: number | undefined;
}

const keptFaults = 1000;

/** Its items one by one, in turns of the event loop, until the list ends or is given up. */
export async function* inTurns<T>(
  items: Iterable<T> | AsyncIterable<T>,
  { signal, stopAtFaults = Number.POSITIVE_INFINITY }: LongListOptions,
  result: LongListResult,
): AsyncGenerator<T> {
  signal?.throwIfAborted();
  const turns = workInTurns(signal);
  let read = 0;
  for await (const item of items) {
    if (turns.isOver()) await turns.end();
    yield item;
    read += 1;
    if (result.rejected < stopAtFaults || result.rejected * 2 <= read) continue;
    result.stopped = true;
    return;
  }
}

/** Counts an item that is left out, and keeps the reason of the first ones. */
export function reject(result: LongListResult, index: number, { field, message }: MailError): void {
  result.rejected += 1;
  if (result.faults.length < keptFaults) result.faults.push({ index, field, message });
}
