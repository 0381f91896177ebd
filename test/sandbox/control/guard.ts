import type { IncomingMessage } from 'node:http';
import type { Settings } from '../settings.ts';

const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * True when a request to the pages or the control surface comes from this machine on purpose: a foreign web page in a
 * browser names its own host. A sandbox that was opened to the network on purpose takes any name.
 */
export function isLocal({ headers }: IncomingMessage, { host }: Settings): boolean {
  return host !== '127.0.0.1' || LOOPBACK.includes((headers.host ?? '').replace(/:\d+$/, ''));
}

/** True when a form was sent by one of our own pages: a browser names the page's origin with every POST. */
export function isOwnPage({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers;
  return origin === undefined || origin === `http://${host}`;
}
