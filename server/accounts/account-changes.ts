import type { Knex } from 'knex';
import { PageError } from '../admin/page-error.ts';
import { mayAs, type Role } from '../admin/person.ts';
import type { AuditAction } from '../mail/index.ts';
import type { AccountsContext } from './context.ts';
import { type Account, lockAccount, lockAdmins, updateAccount } from './store/accounts.ts';
import { replaceRecoveryCodes } from './store/recovery-codes.ts';
import { endSessions } from './store/sessions.ts';
import { voidTickets } from './store/tickets.ts';
import { recordAccount, viewOf } from './trail.ts';

/**
 * Gives an account another role, from its next request on. A higher one takes a session that began with it, so that a
 * token from before gains nothing: the sessions end. Throws a PageError when it is the last admin's.
 */
export function changeRole(context: AccountsContext, id: string, role: Role, by: string): Promise<Account> {
  return change(context, id, 'account.role', by, { role }, async (trx, before) => {
    if (!mayAs(before, role)) await endSessions(trx, id, context.now());
  });
}

/** Shuts an account out at once: sessions end, links are void. Throws a PageError when it is the last admin's. */
export function disableAccount(context: AccountsContext, id: string, by: string): Promise<Account> {
  return change(context, id, 'account.disable', by, { disabledAt: context.now() }, async trx => {
    await endSessions(trx, id, context.now());
    await voidTickets(trx, id, context.now());
  });
}

/** Lets a disabled account sign in again. */
export function enableAccount(context: AccountsContext, id: string, by: string): Promise<Account> {
  return change(context, id, 'account.enable', by, { disabledAt: null });
}

/** Takes the second step away, for somebody who lost phone and recovery codes; their sessions end. */
export function resetSecondStep(context: AccountsContext, id: string, by: string): Promise<Account> {
  const none = { totpSecret: null, totpNew: null, totpStep: null };
  return change(context, id, 'account.second-step-reset', by, none, async trx => {
    await replaceRecoveryCodes(trx, id, []);
    await endSessions(trx, id, context.now());
  });
}

async function change(
  context: AccountsContext,
  id: string,
  action: AuditAction,
  by: string,
  to: Partial<Account>,
  effects: (trx: Knex, before: Account) => Promise<void> = async () => {},
): Promise<Account> {
  return context.db.transaction(async trx => {
    const admins = await lockAdmins(trx);
    const before = await lockAccount(trx, id);
    if (!before) throw new PageError(404, 'Not found', 'There is no such account.');
    const after = { ...before, ...to };
    if (admins.length === 1 && admins[0] === id && !staysAdmin(after)) throw lastAdmin();
    await updateAccount(trx, id, to);
    await effects(trx, before);
    await recordAccount(context, trx, action, id, by, viewOf(before), viewOf(after));
    return after;
  });
}

function staysAdmin({ role, disabledAt }: Account): boolean {
  return role === 'admin' && disabledAt === null;
}

function lastAdmin(): PageError {
  return new PageError(409, 'Not changed', 'This is the last admin. Make somebody else an admin first.');
}
