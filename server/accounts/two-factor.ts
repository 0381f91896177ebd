import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { hashOf } from './secrets.ts';

const periodMs = 30_000;
const issuer = 'Postlane';

/** A new secret for an authenticator app, base32. */
export function newTotpSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** What an authenticator app reads from the QR code. */
export function totpUri(secret: string, email: string): string {
  return new TOTP({ issuer, label: email, secret }).toString();
}

/**
 * The time step a code belongs to, or null when it is wrong. A clock may be off by up to one step, 30 s, either way. A
 * step counts once: see `useTotpStep`.
 */
export function totpStep(secret: string, code: string, now: Date): number | null {
  const token = code.replace(/[\s-]/g, '');
  if (!/^\d{6}$/.test(token)) return null;
  const timestamp = now.getTime();
  const delta = TOTP.validate({ token, secret: Secret.fromBase32(secret), timestamp, window: 1 });
  return delta === null ? null : Math.floor(timestamp / periodMs) + delta;
}

// Crockford's alphabet, 5 bits each: no character looks like another.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** Ten codes that each stand in for an authenticator app once: `xxxx-xxxx-xxxx-xxxx`, 80 random bits. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: 10 }, () => {
    const code = [...randomBytes(16)].map(byte => alphabet[byte % 32]).join('');
    return code.replace(/(.{4})(?=.)/g, '$1-');
  });
}

/** What we keep of a code; null for what cannot be one. Case, spaces and look-alikes are forgiven. */
export function recoveryCodeHash(typed: string): string | null {
  const code = typed.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1');
  return /^[0-9a-hjkmnp-tv-z]{16}$/.test(code) ? hashOf(code) : null;
}
