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
 * Of one account, or its second factor; of one network address, which many people may share; of links that anyone may
 * ask to be mailed to one account.
 */
export const lockoutRules = {
  account: { free: 5, ...signIn },
  code: { free: 5, ...signIn },
  address: { free: 20, ...signIn },
  link: { free: 3, firstPauseMs: 15 * minuteMs, longestPauseMs: 6 * 60 * minuteMs },
} as const satisfies Record<string, LockoutRule>;

/** What failures are counted for. */
export type LockoutKind = keyof typeof lockoutRules;

/** Failures older than this are forgotten, in ms. */
export const failuresKeptMs = 24 * 3_600_000;

/**
 * Counts an attempt as failed before it is made, so that many at once count as many; {@link clearFailures} takes it
 * back. Returns until when it is locked, and then nothing may be attempted; null when it may.
 */
export async function recordFailure(
  context: AccountsContext,
  kind: LockoutKind,
  name: string,
): Promise<Date | null> {
  const now = context.now();
  let locked: Date | null = null;
  await changeFailures(context.db, subjectOf(kind, name), now, known => {
    if (known.lockedUntil && known.lockedUntil > now) {
      locked = known.lockedUntil;
      return null;
    }
    const old = now.getTime() - known.failedAt.getTime() > failuresKeptMs;
    const failures = old ? 1 : known.failures + 1;
    return { failures, failedAt: now, lockedUntil: lockedFrom(now, failures, lockoutRules[kind]) };
  });
  return locked;
}

/** The attempt succeeded. An account starts from zero; an address, which others share, gets this one attempt back. */
export async function clearFailures(
  context: AccountsContext,
  kind: LockoutKind,
  name: string,
): Promise<void> {
  const now = context.now();
  const { free } = lockoutRules[kind];
  await changeFailures(context.db, subjectOf(kind, name), now, known => {
    const failures = kind === 'address' ? Math.max(known.failures - 1, 0) : 0;
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

function subjectOf(kind: LockoutKind, name: string): string {
  return hashOf(`${kind}\n${name}`);
}
