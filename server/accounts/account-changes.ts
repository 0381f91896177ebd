import type { Trx } from '../../db/connect.ts';
import type { AuditAction } from '../mail/index.ts';
import type { AccountsContext } from './context.ts';
import { noticeOfChange } from './notices.ts';
import type { Account } from './store/accounts-store.ts';

/** Who changed which account; `before` and `after` where there is something to see. */
export interface AccountChange {
  action: AuditAction;
  accountId: string;
  by: string;
  before?: object | null;
  after?: object | null;
}

/** Writes a change into the audit log, in the transaction that makes it. */
export type RecordChange = (change: AccountChange) => Promise<void>;

/**
 * Runs changes of accounts in one transaction. What they record is in the audit log when, and only when, they are made;
 * then it is logged, and the owner of the account is told by mail.
 */
export async function changeAccounts<T>(
  context: AccountsContext,
  work: (trx: Trx, record: RecordChange) => Promise<T>,
): Promise<T> {
  const { mail, db, now } = context;
  const changes: AccountChange[] = [];
  const result = await db.transaction(async trx => {
    await context.guard?.(trx);
    return work(trx, async change => {
      const { action, accountId, by, before = null, after = null } = change;
      const entry = { by, action, subject: `account:${accountId}`, before, after, at: now() };
      await mail.audit.record(entry, { trx });
      changes.push(change);
    });
  });
  for (const change of changes) {
    const { action, accountId, by } = change;
    mail.log.info({ security: action, accountId, by }, 'security event');
    await noticeOfChange(context, change);
  }
  return result;
}

/** What the audit log shows of an account: never its password, its secret or a link. */
export function auditView(account: Pick<Account, 'email' | 'name' | 'role'> & Partial<Account>): object {
  const { email, name, role, disabledAt = null, totpSecret = null } = account;
  return { email, name, role, disabled: disabledAt !== null, twoFactor: totpSecret !== null };
}
