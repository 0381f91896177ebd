import { MailError } from '../error.ts';
import type { Send, SendOptions, SendResult } from './accept.ts';
import type { SendInput } from './request.ts';

/** What became of one item of a batch: accepted, or refused with the error that `send` would have thrown. */
export type BatchResult = ({ ok: true } & SendResult) | { ok: false; error: MailError };

const atOnce = 8;

/** Sends many; one refused item leaves the others alone. Results are in the order of the items. */
export async function sendBatch(
  send: Send,
  items: readonly SendInput[],
  options: SendOptions,
): Promise<BatchResult[]> {
  const results: BatchResult[] = [];
  // One connection has one transaction: inside the caller's, one after the other.
  const width = options.trx ? 1 : atOnce;
  for (let i = 0; i < items.length; i += width) {
    results.push(...(await Promise.all(items.slice(i, i + width).map(item => sendOne(send, item, options)))));
  }
  return results;
}

async function sendOne(send: Send, item: SendInput, options: SendOptions): Promise<BatchResult> {
  try {
    return { ok: true, ...(await send(item, options)) };
  } catch (error) {
    if (error instanceof MailError) return { ok: false, error };
    throw error;
  }
}
