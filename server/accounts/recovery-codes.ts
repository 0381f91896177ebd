import { randomBytes } from 'node:crypto';
import { hashOf } from './tokens.ts';

// Crockford's 32 signs, 5 bits each: none looks like another.
const signs = '0123456789abcdefghjkmnpqrstvwxyz';

/** Ten codes that each stand in for an authenticator app once: `xxxx-xxxx-xxxx-xxxx`, 80 random bits. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: 10 }, () => {
    const code = [...randomBytes(16)].map(byte => signs[byte % 32]).join('');
    return code.replace(/(.{4})(?=.)/g, '$1-');
  });
}

/** What we keep of a code; null for what cannot be one. Case, spaces and look-alikes are forgiven. */
export function recoveryCodeHash(typed: string): string | null {
  const code = typed.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1');
  return /^[0-9a-hjkmnp-tv-z]{16}$/.test(code) ? hashOf(code) : null;
}
