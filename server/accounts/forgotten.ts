import type { AccountsContext } from './context.ts';
import { type Link, mailLink, makeLink } from './links.ts';
import { countTry } from './lockout.ts';
import { type Account, findAccountByEmail, lockAccount } from './store/accounts.ts';
import { recordAccount } from './trail.ts';

/** How long a link is good that somebody asked for at the door, in hours. */
export const forgottenHours = 1;

/**
 * Mails a link for a new password to an account, if there is one with this address that is in use; else does nothing,
 * and never tells which. So often for one account only: anybody can ask, and mail is sent. Who was invited and never came
 * has an invitation, which an admin renews.
 */
export async function mailForgotten(context: AccountsContext, email: string): Promise<void> {
  const account = await findAccountByEmail(context.db, email.trim());
  if (!account || !isInUse(account)) return;
  if (await countTry(context, 'link', account.id)) return;
  const link = await linkFor(context, account);
  if (link) await mailLink(context, account, link, null);
}

function linkFor(context: AccountsContext, { id }: Account): Promise<Link | null> {
  return context.db.transaction(async trx => {
    const account = await lockAccount(trx, id);
    if (!account || !isInUse(account)) return null;
    await recordAccount(context, trx, 'account.password-link', id, 'sign-in page', null, null);
    return makeLink(context, trx, id, 'password', forgottenHours);
  });
}

function isInUse({ password, disabledAt }: Account): boolean {
  return password !== null && disabledAt === null;
}
