import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { AccountError } from '../error.ts';
import { type Caller, createHashQueue, QueueFull } from './hash-queue.ts';
import { longestPassword, passwordLength } from './rules.ts';

/** What a hash costs: memory is 128 * 2^logN * r bytes. */
export interface PasswordCost {
  logN: number;
  r: number;
  p: number;
}

/** 32 MB and about a quarter of a second: OWASP's middle row for scrypt. */
export const passwordCost: PasswordCost = { logN: 15, r: 8, p: 3 };

// Hashing takes threads that files and DNS need as well: people who sign in wait, mail does not. At a quarter of a second
// each, the last of 40 strangers waits five seconds.
const queue = createHashQueue({ atOnce: 2, perCaller: 4, strangers: 40 });

/** Who works on the server itself. */
const operator: Caller = { name: '', known: true };

/** Throws an AccountError while a caller's password could not be checked: ask before an attempt is counted. */
export function assertRoomToHash(caller: Caller): void {
  if (!queue.hasRoom(caller)) throw busy();
}

/** A password as it is stored: `scrypt$logN$r$p$salt$hash`. Throws an AccountError when too many wait for theirs. */
export async function hashPassword(
  password: string,
  cost: PasswordCost,
  caller: Caller = operator,
): Promise<string> {
  const salt = randomBytes(16);
  const { logN, r, p } = cost;
  const hash = await derive(password, salt, cost, caller);
  return ['scrypt', logN, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/**
 * True when the password is the stored one. Without a stored one the same work is done for nothing, so that the time it
 * takes does not tell who has an account; one that is too long to be anybody's is refused at once. Throws an AccountError
 * when too many wait for theirs.
 */
export async function verifyPassword(
  password: string,
  stored: string | null,
  cost: PasswordCost,
  caller: Caller = operator,
): Promise<boolean> {
  if (passwordLength(password) > longestPassword) return false;
  const { salt, hash, ...theirs } = read(stored) ?? {
    ...cost,
    salt: Buffer.alloc(16),
    hash: Buffer.alloc(32),
  };
  const same = timingSafeEqual(await derive(password, salt, theirs, caller), hash);
  return same && stored !== null;
}

/** True when a hash was made at another cost than is asked for today. */
export function needsRehash(stored: string, cost: PasswordCost): boolean {
  const { logN, r, p } = read(stored) ?? { logN: 0, r: 0, p: 0 };
  return logN !== cost.logN || r !== cost.r || p !== cost.p;
}

async function derive(
  password: string,
  salt: Buffer,
  { logN, r, p }: PasswordCost,
  caller: Caller,
): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** logN, r, p, maxmem: 256 * 2 ** logN * r };
  try {
    // One text, however a keyboard composes its accents.
    return await queue.run(caller, () => scryptOf(password.normalize('NFKC'), salt, 32, options));
  } catch (error) {
    throw error instanceof QueueFull ? busy() : error;
  }
}

const scryptOf = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

function busy(): AccountError {
  return new AccountError('busy', 'Too many people are signing in at this moment. Try again in ten seconds.');
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
