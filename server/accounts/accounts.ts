import type { Db } from '../../db/connect.ts';
import { mayAs, type Role } from '../admin/person.ts';
import type { AuditAction } from '../mail/index.ts';
import { auditView, changeAccounts } from './account-changes.ts';
import type { AccountsContext } from './context.ts';
import { AccountError, unknownAccount } from './error.ts';
import { type Account, lockAccount, lockAdmins, updateAccount } from './store/accounts-store.ts';
import { voidTokens } from './store/one-time-tokens-store.ts';
import { replaceRecoveryCodes } from './store/recovery-codes-store.ts';
import { endSessions } from './store/sessions-store.ts';

/**
 * Gives an account another role, from its next request on. A higher one needs a session that began with it, so that a
 * token from before gains nothing: the sessions end. Throws an AccountError when it is the last admin's.
 */
export function changeRole(context: AccountsContext, id: string, role: Role, by: string): Promise<Account> {
  return change(context, { id, action: 'account.role', by }, { role }, async (trx, before) => {
    if (!mayAs(before, role)) await endSessions(trx, id, context.now());
  });
}

/** Disables an account at once: sessions end, links are void. Throws an AccountError when it is the last admin's. */
export function disableAccount(context: AccountsContext, id: string, by: string): Promise<Account> {
  const disabledAt = context.now();
  return change(context, { id, action: 'account.disable', by }, { disabledAt }, async trx => {
    await endSessions(trx, id, disabledAt);
    await voidTokens(trx, id, disabledAt);
  });
}

/** Lets a disabled account sign in again. */
export function enableAccount(context: AccountsContext, id: string, by: string): Promise<Account> {
  return change(context, { id, action: 'account.enable', by }, { disabledAt: null });
}

/** Turns two-factor authentication off for somebody who lost phone and recovery codes; their sessions end. */
export function resetTwoFactor(context: AccountsContext, id: string, by: string): Promise<Account> {
  const none = { totpSecret: null, totpNew: null, totpStep: null };
  return change(context, { id, action: 'account.two-factor-reset', by }, none, async trx => {
    await replaceRecoveryCodes(trx, id, []);
    await endSessions(trx, id, context.now());
  });
}

async function change(
  context: AccountsContext,
  { id, action, by }: { id: string; action: AuditAction; by: string },
  to: Partial<Account>,
  effects: (trx: Db, before: Account) => Promise<void> = async () => {},
): Promise<Account> {
  return changeAccounts(context, async (trx, record) => {
    const admins = await lockAdmins(trx);
    const before = await lockAccount(trx, id);
    if (!before) throw unknownAccount();
    const after = { ...before, ...to };
    if (admins.length === 1 && admins[0] === id && !staysAdmin(after)) throw lastAdmin();
    await updateAccount(trx, id, to);
    await effects(trx, before);
    const views = { before: auditView(before), after: auditView(after) };
    await record({ action, accountId: id, by, ...views });
    return after;
  });
}

function staysAdmin({ role, disabledAt }: Account): boolean {
  return role === 'admin' && disabledAt === null;
}

function lastAdmin(): AccountError {
  return new AccountError('last-admin', 'This is the last admin. Make somebody else an admin first.');
}
