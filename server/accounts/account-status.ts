import type { Account } from './store/accounts-store.ts';

/** Whether an account can be used. */
export type AccountStatus = 'active' | 'invited' | 'invitation expired' | 'disabled';

/** `invitedUntil` is when its invitation expires, absent when none is open. */
export function statusOfAccount({ disabledAt, password }: Account, invitedUntil?: Date): AccountStatus {
  if (disabledAt) return 'disabled';
  if (password) return 'active';
  return invitedUntil ? 'invited' : 'invitation expired';
}
