import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Settings } from '../settings.ts';

/**
 * True when a request to the pages or the control surface names this machine, or a name that was allowed on purpose. A foreign web
 * page can have its own name lead here, wherever the sandbox listens, but it cannot change the name that its browser sends.
 */
export function isLocal({ headers }: IncomingMessage, { host, allowedHosts }: Settings): boolean {
  const name = (headers.host ?? '').toLowerCase().replace(/:\d+$/, '');
  return LOOPBACK.includes(name) || allowedHosts.includes(name) || (isIP(host) > 0 && name === hostOf(host));
}

const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/** An address as it stands in an URL. */
function hostOf(address: string): string {
  return isIP(address) === 6 ? `[${address}]` : address;
}

/** True when a form was sent by one of our own pages: a browser names the page's origin with every POST. */
export function isOwnPage({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers;
  return origin === undefined || origin === `http://${host}`;
}
