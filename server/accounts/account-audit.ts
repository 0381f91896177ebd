import type { Trx } from '../../db/connect.ts';
import type { AuditAction } from '../mail/index.ts';
import type { AccountsContext } from './context.ts';
import type { Account } from './store/accounts-store.ts';

/** Who changed which account; `before` and `after` where there is something to see. */
export interface AccountChange {
  action: AuditAction;
  accountId: string;
  by: string;
  before?: object | null;
  after?: object | null;
}

/** Writes a change of an account into the audit log, in the transaction that makes it; into the log after that. */
export async function recordChange(
  { mail, now }: AccountsContext,
  trx: Trx,
  { action, accountId, by, before = null, after = null }: AccountChange,
): Promise<void> {
  const subject = `account:${accountId}`;
  await mail.audit.record({ by, action, subject, before, after, at: now() }, { trx });
  afterCommit(trx, () => mail.log.info({ security: action, accountId, by }, 'security event'));
}

function afterCommit(trx: Trx, work: () => void): void {
  trx.executionPromise.then(work, () => {});
}

/** What the audit log shows of an account: never its password, its secret or a link. */
export function auditView(account: Pick<Account, 'email' | 'name' | 'role'> & Partial<Account>): object {
  const { email, name, role, disabledAt = null, totpSecret = null } = account;
  return { email, name, role, disabled: disabledAt !== null, twoFactor: totpSecret !== null };
}
