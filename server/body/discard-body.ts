import type { IncomingMessage } from 'node:http';

/** More is not let through of a body that nobody will read. */
const mostDiscarded = 1024 * 1024;
const patienceMs = 5_000;

/**
 * For a request that is answered before its body was read: lets what is on its way through, so that the sender hears the answer,
 * and ends the connection of one that goes on sending. To be called once the answer is sent.
 */
export function discardBody(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  let left = mostDiscarded;
  const timer = setTimeout(() => request.destroy(), patienceMs).unref();
  request.on('data', (chunk: Uint8Array) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
  request.once('close', () => clearTimeout(timer));
  request.resume();
}
