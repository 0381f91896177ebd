import type { Knex } from 'knex';
import type { AuditAction } from '../mail/index.ts';
import type { AccountsContext } from './context.ts';
import type { Account } from './store/accounts.ts';

/** What the audit log shows of an account: never its password, its secret or a link. */
export function viewOf(account: Pick<Account, 'email' | 'name' | 'role'> & Partial<Account>): object {
  const { email, name, role, disabledAt = null, totpSecret = null } = account;
  return { email, name, role, disabled: disabledAt !== null, secondStep: totpSecret !== null };
}

/** Writes a change of an account into the audit log, in the transaction that makes it. */
export function recordAccount(
  { mail, now }: AccountsContext,
  trx: Knex,
  action: AuditAction,
  accountId: string,
  by: string,
  before: object | null,
  after: object | null,
): Promise<void> {
  return mail.audit.record(
    { by, action, subject: `account:${accountId}`, before, after, at: now() },
    { trx },
  );
}
