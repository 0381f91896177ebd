import { accept } from '../../messages/accept.ts';
import type { Provider } from '../../state/provider.ts';
import type { BulkRequest } from '../../store/bulk.ts';
import type { BulkMessage } from './bulk-checks.ts';
import { tooManyInactive } from './email.ts';

const SLICE = 100;

/** Sends the messages of a bulk request slice by slice, so that other calls get their turn in between. */
export function release(provider: Provider, request: BulkRequest, messages: readonly BulkMessage[]): void {
  setImmediate(() => releaseFrom(provider, request, messages, 0));
}

function releaseFrom(
  provider: Provider,
  request: BulkRequest,
  messages: readonly BulkMessage[],
  start: number,
): void {
  if (request.status === 'Cancelled') return;
  request.status = 'Processing';
  for (const message of messages.slice(start, start + SLICE)) releaseOne(provider, request, message);
  if (start + SLICE < messages.length) {
    setImmediate(() => releaseFrom(provider, request, messages, start + SLICE));
  } else request.status = 'Completed';
}

/** Suppressions count as they are now. Partly suppressed mail goes to the rest, as with the other send calls. */
function releaseOne(provider: Provider, request: BulkRequest, message: BulkMessage): void {
  const submission = message();
  if (submission === null || tooManyInactive(provider, submission)) request.failed += 1;
  else {
    accept(provider, submission);
    request.released += 1;
  }
}
