import { createHmac, timingSafeEqual } from 'node:crypto';

/** What links to our own public pages are made with. */
export interface LinkConfig {
  /** Where recipients reach the public pages, without a slash at its end; null where nobody said. */
  publicUrl: string | null;
  /** They sign; the newest first. A link works as long as the key that signed it is among them. */
  secretKeys: readonly string[];
}

/**
 * What a link is for: `confirm` a subscription, by the id of its link; `recipient` of a message, by the message's id: to
 * unsubscribe, and to the preferences of the address that it went to.
 */
export type LinkPurpose = 'confirm' | 'recipient';

/** The token of a link: no address is in it, and nobody can make one from what the database holds. */
export function signedToken({ secretKeys }: LinkConfig, purpose: LinkPurpose, id: string): string {
  return `${id}.${signature(secretKeys[0] ?? '', purpose, id)}`;
}

/** The id in a token that one of our keys signed for this purpose, or null. */
export function readSignedToken(
  { secretKeys }: LinkConfig,
  purpose: LinkPurpose,
  token: string,
): string | null {
  const [id = '', signed = '', ...rest] = token.slice(0, longestToken).split('.');
  if (rest.length > 0 || id === '') return null;
  return secretKeys.some(key => isSame(signature(key, purpose, id), signed)) ? id : null;
}

const longestToken = 200;

function signature(key: string, purpose: LinkPurpose, id: string): string {
  return createHmac('sha256', key).update(`${purpose}\n${id}`).digest().subarray(0, 16).toString('base64url');
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
