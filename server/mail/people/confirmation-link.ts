import { createHmac, timingSafeEqual } from 'node:crypto';

/** What links to our own public pages are made with. */
export interface LinkConfig {
  /** Where recipients reach the public pages, without a slash at its end; null where nobody said. */
  publicUrl: string | null;
  /** They sign; the newest first. */
  secretKeys: readonly string[];
}

/** The token of a link to confirm: no address is in it, and nobody can make one from what the database holds. */
export function confirmationToken({ secretKeys }: LinkConfig, linkId: string): string {
  return `${linkId}.${signature(secretKeys[0] ?? '', linkId)}`;
}

/** The id in a token that one of our keys signed, or null. */
export function readConfirmationToken({ secretKeys }: LinkConfig, token: string): string | null {
  const [linkId = '', signed = '', ...rest] = token.slice(0, 200).split('.');
  if (rest.length > 0 || linkId === '') return null;
  return secretKeys.some(key => isSame(signature(key, linkId), signed)) ? linkId : null;
}

function signature(key: string, linkId: string): string {
  return createHmac('sha256', key)
    .update(`confirm\n${linkId}`)
    .digest()
    .subarray(0, 16)
    .toString('base64url');
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
