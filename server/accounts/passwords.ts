import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import pLimit from 'p-limit';
import { AccountError } from './error.ts';

/** What a hash costs: memory is 128 * 2^logN * r bytes. */
export interface PasswordCost {
  logN: number;
  r: number;
  p: number;
}

/** 32 MB and about a quarter of a second: OWASP's middle row for scrypt. */
export const passwordCost: PasswordCost = { logN: 15, r: 8, p: 3 };

// Hashing takes threads that files and DNS need as well: people who sign in wait, mail does not.
const atOnce = pLimit(2);

/** A password as it is stored: `scrypt$logN$r$p$salt$hash`. */
export async function hashPassword(password: string, cost: PasswordCost): Promise<string> {
  const salt = randomBytes(16);
  const { logN, r, p } = cost;
  const hash = await derive(password, salt, cost);
  return ['scrypt', logN, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/**
 * True when the password is the stored one. Without a stored one the same work is done for nothing, so that the time it
 * takes does not tell who has an account.
 */
export async function verifyPassword(
  password: string,
  stored: string | null,
  cost: PasswordCost,
): Promise<boolean> {
  const { salt, hash, ...theirs } = read(stored) ?? {
    ...cost,
    salt: Buffer.alloc(16),
    hash: Buffer.alloc(32),
  };
  const same = timingSafeEqual(await derive(password, salt, theirs), hash);
  return same && stored !== null;
}

/** True when a hash was made at another cost than is asked for today. */
export function needsRehash(stored: string, cost: PasswordCost): boolean {
  const { logN, r, p } = read(stored) ?? { logN: 0, r: 0, p: 0 };
  return logN !== cost.logN || r !== cost.r || p !== cost.p;
}

function derive(password: string, salt: Buffer, { logN, r, p }: PasswordCost): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** logN, r, p, maxmem: 256 * 2 ** logN * r };
  return atOnce(
    () =>
      new Promise<Buffer>((resolve, reject) => {
        // One text, however a keyboard composes its accents.
        scrypt(password.normalize('NFKC'), salt, 32, options, (error, key) =>
          error ? reject(error) : resolve(key),
        );
      }),
  );
}

function read(stored: string | null): (PasswordCost & { salt: Buffer; hash: Buffer }) | null {
  const [kind, logN, r, p, salt, hash] = (stored ?? '').split('$');
  if (kind !== 'scrypt' || !salt || !hash) return null;
  return {
    logN: Number(logN),
    r: Number(r),
    p: Number(p),
    salt: Buffer.from(salt, 'base64url'),
    hash: Buffer.from(hash, 'base64url'),
  };
}

/** Shortest password that is taken, in characters. */
export const shortestPassword = 12;

/** Longest password that is read, in characters. */
export const longestPassword = 200;

/** What is wrong with a new password, in a sentence; null when nothing is. Length counts, kinds of characters do not. */
export function passwordProblem(
  password: string,
  { email, name }: { email: string; name: string },
): string | null {
  const length = [...password].length;
  if (length < shortestPassword)
    return `The password needs at least ${shortestPassword} characters. A few words are easy to remember.`;
  if (length > longestPassword) return `The password can have at most ${longestPassword} characters.`;
  if (new Set(password).size < 5)
    return 'This password repeats only a few characters. Choose one that is harder to guess.';
  const plain = password.toLowerCase();
  const own = [
    email.toLowerCase(),
    email.toLowerCase().split('@')[0] ?? '',
    name.toLowerCase(),
    'postlane',
    'password',
  ];
  const guessable = own.some(
    word => word.length > 3 && plain.includes(word) && plain.length - word.length < 6,
  );
  return guessable
    ? 'This password is little more than a name or a common word. Choose one that is harder to guess.'
    : null;
}

/** A new password that was typed twice. Throws an AccountError when the two differ. */
export function newPassword(password: string, again: string): string {
  if (password !== again) throw new AccountError('password-unfit', 'The two passwords differ.');
  return password;
}
