import type { AccountsContext } from './context.ts';
import { failuresKeptMs, type LockoutRule, lockoutRules, pauseAfter } from './lockout-rule.ts';
import { changeFailures } from './store/failures.ts';
import { hashOf } from './tokens.ts';

/** Something that may be tried so often. */
export type Tried = keyof typeof lockoutRules;

/**
 * Counts a try as failed before it is made, so that many at once count as many; {@link forgiveTry} takes it back.
 * Returns until when it is closed, and then nothing may be tried; null when it may.
 */
export async function countTry(context: AccountsContext, kind: Tried, name: string): Promise<Date | null> {
  const now = context.now();
  let closed: Date | null = null;
  await changeFailures(context.db, subjectOf(kind, name), now, known => {
    if (known.closedUntil && known.closedUntil > now) {
      closed = known.closedUntil;
      return null;
    }
    const old = now.getTime() - known.failedAt.getTime() > failuresKeptMs;
    const failures = old ? 1 : known.failures + 1;
    return { failures, failedAt: now, closedUntil: closedFrom(now, failures, lockoutRules[kind]) };
  });
  return closed;
}

/** What was tried succeeded. An account starts anew; an address, which others share, gets this one try back. */
export async function forgiveTry(context: AccountsContext, kind: Tried, name: string): Promise<void> {
  const now = context.now();
  const { free } = lockoutRules[kind];
  await changeFailures(context.db, subjectOf(kind, name), now, known => {
    const failures = kind === 'address' ? Math.max(known.failures - 1, 0) : 0;
    return { failures, failedAt: now, closedUntil: failures < free ? null : known.closedUntil };
  });
}

function closedFrom(now: Date, failures: number, rule: LockoutRule): Date | null {
  const pause = pauseAfter(failures, rule);
  return pause === 0 ? null : new Date(now.getTime() + pause);
}

function subjectOf(kind: Tried, name: string): string {
  return hashOf(`${kind}\n${name}`);
}
