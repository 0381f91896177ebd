import { createHash, timingSafeEqual } from 'node:crypto';
import type { WebhookCredential } from './config/index.ts';

/**
 * True when an Authorization header carries one of these credentials. All are compared, each in constant time over
 * hashes of equal length, so that neither which one matched nor how much of it shows in the time it takes.
 */
export function matchesBasicAuth(
  header: string | undefined,
  accepted: readonly WebhookCredential[],
): boolean {
  const given = digest(decode(header));
  return accepted
    .map(({ user, password }) => timingSafeEqual(given, digest(`${user}:${password}`)))
    .reduce((any, one) => any || one, false);
}

/** Longer pairs are nobody's. */
const longestPair = 1000;

/** The user and password of an Authorization header, empty where there are none. */
export function readBasicAuth(header: string | undefined): WebhookCredential {
  const pair = decode(header);
  const colon = pair.indexOf(':');
  return colon === -1 || pair.length > longestPair
    ? { user: '', password: '' }
    : { user: pair.slice(0, colon), password: pair.slice(colon + 1) };
}

function decode(header: string | undefined): string {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1] ?? '';
  return Buffer.from(encoded, 'base64').toString('utf8');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
