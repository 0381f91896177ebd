import { hash, timingSafeEqual } from 'node:crypto';
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
    .map(credential => timingSafeEqual(given, digestOf(credential)))
    .reduce((any, one) => any || one, false);
}

/** The same for what a URL carries; a user that is left out is anybody's, and then the password alone is compared. */
export function matchesUrlLogin(
  { user, password }: UrlLogin,
  accepted: readonly WebhookCredential[],
): boolean {
  const given = digest(user === null ? password : `${user}:${password}`);
  return accepted
    .map(one => timingSafeEqual(given, digest(user === null ? one.password : `${one.user}:${one.password}`)))
    .reduce((any, one) => any || one, false);
}

/** What `?user=` and `?password=` of a URL say; `user` is null where it names none. */
export interface UrlLogin {
  user: string | null;
  password: string;
}

/** The login in the query of a URL, or null. */
export function readUrlLogin(query: Readonly<Record<string, unknown>>): UrlLogin | null {
  const { user, password } = query;
  if (typeof password !== 'string' || password === '' || password.length > longestPair) return null;
  return { user: typeof user === 'string' && user !== '' ? user.slice(0, longestPair) : null, password };
}

/** A path and query without the values of `user` and `password`, for everything that logs it. */
export function withoutUrlLogin(url: string): string {
  return url.replace(/([?&])(user|password)=[^&#]*/gi, '$1$2=');
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

/** Of credentials, which stay as they are while every event is compared with them. */
const digests = new WeakMap<WebhookCredential, Buffer>();

function digestOf(credential: WebhookCredential): Buffer {
  const known = digests.get(credential);
  if (known) return known;
  const made = digest(`${credential.user}:${credential.password}`);
  digests.set(credential, made);
  return made;
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
