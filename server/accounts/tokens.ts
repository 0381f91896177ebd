import { createHash, randomBytes } from 'node:crypto';

/** A secret that its holder alone keeps: 256 random bits. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What we keep of a secret that is random enough to need no salt. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
