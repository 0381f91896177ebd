import type { AccountsContext } from './context.ts';
import { hashOf } from './secrets.ts';
import { changeFailures } from './store/failures-store.ts';

const minuteMs = 60_000;

/** How many failures are free before each further one locks for a while, which doubles up to the longest. */
export interface LockoutRule {
  free: number;
  firstPauseMs: number;
  longestPauseMs: number;
}

const signIn = { firstPauseMs: minuteMs / 2, longestPauseMs: 15 * minuteMs };

/**
 * Of one account, its second factor, one browser that it has signed in at, or its own pages; of one network, which many
 * people may share; of links that anyone may ask to be mailed to one account.
 */
export const lockoutRules = {
  account: { free: 5, ...signIn },
  browser: { free: 5, ...signIn },
  profile: { free: 5, ...signIn },
  code: { free: 5, ...signIn },
  address: { free: 20, ...signIn },
  link: { free: 3, firstPauseMs: 15 * minuteMs, longestPauseMs: 6 * 60 * minuteMs },
} as const satisfies Record<string, LockoutRule>;

/** What failures are counted for. What a stranger types is only ever an `email`, and so never names anything else. */
export type LockoutSubject =
  | { kind: 'account'; email: string }
  | { kind: 'browser'; accountId: string; browser: string }
  | { kind: 'profile' | 'code' | 'link'; accountId: string }
  | { kind: 'address'; network: string };

/** What counting an attempt comes to: until when nothing may be attempted, or until when it is locked if this one fails. */
export type Counted = { lockedUntil: Date } | { lockedUntil: null; locksUntil: Date | null };

/** Failures older than this are forgotten, in ms. */
export const failuresKeptMs = 24 * 3_600_000;

/**
 * Counts an attempt as failed before it is made, so that many at once count as many; {@link clearFailures} takes it
 * back.
 */
export async function recordFailure(context: AccountsContext, subject: LockoutSubject): Promise<Counted> {
  const now = context.now();
  let counted: Counted = { lockedUntil: null, locksUntil: null };
  await changeFailures(context.db, nameOf(subject), now, known => {
    if (known.lockedUntil && known.lockedUntil > now) {
      counted = { lockedUntil: known.lockedUntil };
      return null;
    }
    const old = now.getTime() - known.failedAt.getTime() > failuresKeptMs;
    const failures = old ? 1 : known.failures + 1;
    const locksUntil = lockedFrom(now, failures, lockoutRules[subject.kind]);
    counted = { lockedUntil: null, locksUntil };
    return { failures, failedAt: now, lockedUntil: locksUntil };
  });
  return counted;
}

/** The attempt succeeded. An account starts from zero; an address, which others share, gets this one attempt back. */
export async function clearFailures(context: AccountsContext, subject: LockoutSubject): Promise<void> {
  const now = context.now();
  const { free } = lockoutRules[subject.kind];
  await changeFailures(context.db, nameOf(subject), now, known => {
    const failures = subject.kind === 'address' ? Math.max(known.failures - 1, 0) : 0;
    return { failures, failedAt: now, lockedUntil: failures < free ? null : known.lockedUntil };
  });
}

/** How long it stays locked after so many failures, in ms. */
export function pauseAfter(failures: number, { free, firstPauseMs, longestPauseMs }: LockoutRule): number {
  return failures < free ? 0 : Math.min(firstPauseMs * 2 ** (failures - free), longestPauseMs);
}

function lockedFrom(now: Date, failures: number, rule: LockoutRule): Date | null {
  const pause = pauseAfter(failures, rule);
  return pause === 0 ? null : new Date(now.getTime() + pause);
}

/** The longest address that is told apart, in characters: an account's has at most 254. */
const longestEmail = 255;

// JSON keeps the parts apart, whatever they hold.
function nameOf(subject: LockoutSubject): string {
  switch (subject.kind) {
    case 'account':
      return hashOf(JSON.stringify([subject.kind, subject.email.slice(0, longestEmail)]));
    case 'browser':
      return hashOf(JSON.stringify([subject.kind, subject.accountId, subject.browser]));
    case 'address':
      return hashOf(JSON.stringify([subject.kind, subject.network]));
    default:
      return hashOf(JSON.stringify([subject.kind, subject.accountId]));
  }
}
