import { Secret, TOTP } from 'otpauth';

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
 * step counts once: see `takeTotpStep`.
 */
export function totpStep(secret: string, code: string, now: Date): number | null {
  const token = code.replace(/[\s-]/g, '');
  if (!/^\d{6}$/.test(token)) return null;
  const timestamp = now.getTime();
  const delta = TOTP.validate({ token, secret: Secret.fromBase32(secret), timestamp, window: 1 });
  return delta === null ? null : Math.floor(timestamp / periodMs) + delta;
}
