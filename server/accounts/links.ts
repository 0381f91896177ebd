import type { Db } from '../../db/connect.ts';
import { auditView, changeAccounts } from './account-changes.ts';
import { sendAccountMail } from './account-mail.ts';
import type { AccountsContext } from './context.ts';
import { AccountError, unknownAccount } from './error.ts';
import { recordFailure } from './lockout.ts';
import { hashPassword, placeToHash } from './passwords/hash.ts';
import { passwordProblem } from './passwords/rules.ts';
import { hashOf, newToken } from './secrets.ts';
import {
  type Account,
  findAccount,
  findAccountByEmail,
  lockAccount,
  updateAccount,
} from './store/accounts-store.ts';
import { findToken, insertToken, type Purpose, useToken, voidTokens } from './store/one-time-tokens-store.ts';
import { endSessions } from './store/sessions-store.ts';

/** What a link is for. */
export type LinkPurpose = Exclude<Purpose, 'code'>;

/** How long a link is good, in hours. */
const linkHours: Record<LinkPurpose, number> = { invitation: 7 * 24, password: 24 };

/** How long a link is good that somebody asked for on the sign-in page, in hours. */
export const forgottenHours = 1;

/** A link with which somebody chooses a password, once. */
export interface Link {
  url: string;
  purpose: LinkPurpose;
  /** How long it is good. */
  hours: number;
  expiresAt: Date;
}

/** Makes a link for an account and voids those it had: the newest one counts. */
export async function createLink(
  { now, publicUrl }: AccountsContext,
  trx: Db,
  accountId: string,
  purpose: LinkPurpose,
  hours = linkHours[purpose],
): Promise<Link> {
  const token = newToken();
  const expiresAt = new Date(now().getTime() + hours * 3_600_000);
  await voidTokens(trx, accountId, now(), ['invitation', 'password']);
  await insertToken(trx, { accountId, purpose, expiresAt }, hashOf(token), now());
  return { url: `${publicUrl}/invitation/${token}`, purpose, hours, expiresAt };
}

/** Makes a link for a new password, or a new invitation for somebody who has not joined yet. */
export async function renewLink(
  context: AccountsContext,
  id: string,
  by: string,
): Promise<{ account: Account; link: Link }> {
  return changeAccounts(context, async (trx, record) => {
    const account = await lockAccount(trx, id);
    if (!account) throw unknownAccount();
    if (account.disabledAt)
      throw new AccountError('account-disabled', 'This account is disabled. Enable it first.');
    const purpose: LinkPurpose = account.password ? 'password' : 'invitation';
    await record({ action: `account.${purpose}-link`, accountId: id, by });
    return { account, link: await createLink(context, trx, id, purpose) };
  });
}

/** The account that a link is for. Throws an AccountError that says what is wrong with the link. */
export async function accountOfLink(
  { db, now }: AccountsContext,
  token: string,
): Promise<{ account: Account; purpose: LinkPurpose }> {
  const found = await findToken(db, hashOf(token));
  const account = found && found.purpose !== 'code' ? await findAccount(db, found.accountId) : null;
  if (!found || !account || account.disabledAt) throw invalidLink('This link is incomplete or unknown.');
  if (found.usedAt) throw invalidLink('This link has been used or replaced by a newer one.');
  if (found.expiresAt <= now()) throw invalidLink('This link has expired.');
  return { account, purpose: found.purpose === 'password' ? 'password' : 'invitation' };
}

/** Sets the password that a link allows to set; all sessions of the account end. Throws an AccountError. */
export async function acceptLink(
  context: AccountsContext,
  token: string,
  password: string,
  network = '',
): Promise<Account> {
  const { account, purpose } = await accountOfLink(context, token);
  const { id } = account;
  const problem = passwordProblem(password, account);
  if (problem) throw new AccountError('password-unfit', problem);
  const hash = await hashPassword(password, context.cost, placeToHash({ name: network, known: false }));
  await changeAccounts(context, async (trx, record) => {
    const now = context.now();
    // The account first, like every change of an account and its links, so that none waits for another in a circle.
    const locked = await lockAccount(trx, id);
    if (!locked || locked.disabledAt || !(await useToken(trx, hashOf(token), now)))
      throw invalidLink('This link no longer works.');
    await updateAccount(trx, id, { password: hash });
    await endSessions(trx, id, now);
    await voidTokens(trx, id, now);
    const joins = purpose === 'invitation';
    await record({
      action: joins ? 'account.join' : 'account.password',
      accountId: id,
      by: id,
      after: joins ? auditView(account) : null,
    });
  });
  return { ...account, password: hash };
}

/**
 * Mails a link for a new password if there is an account in use with this address; else does nothing, and never tells
 * which. Limited per account, because anyone can ask and mail is sent. Somebody who was invited and has not joined has an
 * invitation, which an admin renews.
 */
export async function mailForgotten(context: AccountsContext, email: string): Promise<void> {
  const account = await findAccountByEmail(context.db, email.trim());
  if (!account || !isInUse(account)) return;
  if ((await recordFailure(context, { kind: 'link', accountId: account.id })).lockedUntil) return;
  const link = await forgottenLink(context, account);
  if (link) await mailLink(context, account, link, null);
}

function forgottenLink(context: AccountsContext, { id }: Account): Promise<Link | null> {
  return changeAccounts(context, async (trx, record) => {
    const account = await lockAccount(trx, id);
    if (!account || !isInUse(account)) return null;
    await record({ action: 'account.password-link', accountId: id, by: 'sign-in page' });
    return createLink(context, trx, id, 'password', forgottenHours);
  });
}

/**
 * Mails a link to its account and returns the id of the message, once it has been sent. Null when it could not be sent: then
 * the link has to be passed on by hand. `by` is null when the account's owner asked for it.
 */
export async function mailLink(
  context: AccountsContext,
  account: Account,
  { url, purpose, hours }: Link,
  by: string | null,
): Promise<string | null> {
  const data = { link: url, hours, by };
  return purpose === 'invitation'
    ? sendAccountMail(context, account, 'invitation', { ...data, role: account.role })
    : sendAccountMail(context, account, 'password-link', data);
}

function isInUse({ password, disabledAt }: Account): boolean {
  return password !== null && disabledAt === null;
}

function invalidLink(why: string): AccountError {
  return new AccountError('link-invalid', `${why} Ask an admin for a new one.`);
}
