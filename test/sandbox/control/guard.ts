import type { IncomingMessage } from 'node:http';

/**
 * True when a request to the pages or the control surface comes from this machine on purpose: a foreign web page in a
 * browser either names its own host or cannot set a JSON content type without being asked first.
 */
export function isLocal(request: IncomingMessage): boolean {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  return host === '127.0.0.1' || host === 'localhost' || host === '[::1]';
}
