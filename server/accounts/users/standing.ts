import type { Account } from '../store/accounts.ts';

/** How an account stands: in words, and as the state that gives it its tone. */
export interface Standing {
  state: string;
  words: string;
}

/** `invitedUntil` is when its invitation expires, absent when none is open. */
export function standingOf({ disabledAt, password }: Account, invitedUntil?: Date): Standing {
  if (disabledAt) return { state: 'failed', words: 'disabled' };
  if (password) return { state: 'delivered', words: 'active' };
  return invitedUntil
    ? { state: 'held', words: 'invited' }
    : { state: 'bounced', words: 'invitation expired' };
}
