import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { AccountError } from '../error.ts';
import { type Caller, createHashQueue, type Place, QueueFull } from './hash-queue.ts';
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
const queue = createHashQueue({ atOnce: 2, perCaller: 12, strangers: 40 });

/** Who works on the server itself. */
const operator: Caller = { name: '', known: true };

/** A place to have a password checked in, to be taken before the attempt is counted. Throws an AccountError when none is left. */
export function placeToHash(caller: Caller = operator): Place {
  try {
    return queue.enter(caller);
  } catch (error) {
    throw error instanceof QueueFull ? busy() : error;
  }
}

/** A password as it is stored: `scrypt$logN$r$p$salt$hash`. Throws an AccountError when too many wait for theirs. */
export async function hashPassword(
  password: string,
  cost: PasswordCost,
  place: Place = placeToHash(),
): Promise<string> {
  const salt = randomBytes(16);
  const { logN, r, p } = cost;
  const hash = await derive(password, salt, cost, place);
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
  place: Place = placeToHash(),
): Promise<boolean> {
  if (passwordLength(password) > longestPassword) {
    place.leave();
    return false;
  }
  const { salt, hash, ...theirs } = read(stored) ?? {
    ...cost,
    salt: Buffer.alloc(16),
    hash: Buffer.alloc(32),
  };
  const same = timingSafeEqual(await derive(password, salt, theirs, place), hash);
  return same && stored !== null;
}

/** True when a hash was made at another cost than is asked for today. */
export function needsRehash(stored: string, cost: PasswordCost): boolean {
  const { logN, r, p } = read(stored) ?? { logN: 0, r: 0, p: 0 };
  return logN !== cost.logN || r !== cost.r || p !== cost.p;
}

function derive(password: string, salt: Buffer, { logN, r, p }: PasswordCost, place: Place): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** logN, r, p, maxmem: 256 * 2 ** logN * r };
  // One text, however a keyboard composes its accents.
  return place.run(() => scryptOf(password.normalize('NFKC'), salt, 32, options));
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
