import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';
import { PageError } from '../admin/page-error.ts';
import type { AccountsContext } from './context.ts';
import { type Invitee, readInvitee } from './invitee.ts';
import { type Link, type LinkPurpose, makeLink, readLink, takeLink } from './links.ts';
import { passwordFault } from './password-rules.ts';
import { hashPassword } from './passwords.ts';
import {
  type Account,
  anybodyCanSignIn,
  findAccount,
  findAccountByEmail,
  insertAccount,
  lockAccount,
  updateAccount,
} from './store/accounts.ts';
import { endSessions } from './store/sessions.ts';
import { voidTickets } from './store/tickets.ts';
import { recordAccount, viewOf } from './trail.ts';

/**
 * Makes an account that waits for its owner, and the link that lets them in. Asked again before they came, it makes a new
 * link in place of the old one. Throws a PageError for what cannot be.
 */
export async function invite(
  context: AccountsContext,
  input: unknown,
  by: string,
): Promise<{ account: Account; link: Link; again: boolean }> {
  const invitee = readInvitee(input);
  return context.db.transaction(async trx => {
    const known = await findAccountByEmail(trx, invitee.email);
    if (known?.password) {
      throw new PageError(
        409,
        'Not invited',
        `${invitee.email} has an account already. Change its role, or send a link for a new password.`,
      );
    }
    if (invitee.role !== 'admin' && !(await anybodyCanSignIn(trx))) {
      throw new PageError(
        409,
        'Not invited',
        'The first account must be an admin: somebody has to be able to add the others.',
      );
    }
    const account = known
      ? await changeInvitee(context, trx, known, invitee, by)
      : await addInvitee(context, trx, invitee, by);
    return { account, link: await makeLink(context, trx, account.id, 'invitation'), again: known !== null };
  });
}

/** Makes a link for a new password, or a new invitation for who has not come yet. */
export async function renewLink(
  context: AccountsContext,
  id: string,
  by: string,
): Promise<{ account: Account; link: Link }> {
  return context.db.transaction(async trx => {
    const account = await lockAccount(trx, id);
    if (!account) throw new PageError(404, 'Not found', 'There is no such account.');
    if (account.disabledAt)
      throw new PageError(409, 'No link was made', 'This account is disabled. Enable it first.');
    const purpose: LinkPurpose = account.password ? 'password' : 'invitation';
    await recordAccount(context, trx, `account.${purpose}-link`, account.id, by, null, null);
    return { account, link: await makeLink(context, trx, account.id, purpose) };
  });
}

/** The account a link is for. Throws a PageError that says what is wrong with the link. */
export async function accountOfLink(
  context: AccountsContext,
  token: string,
): Promise<{ account: Account; purpose: LinkPurpose }> {
  const ticket = await readLink(context, token);
  const account = ticket && (await findAccount(context.db, ticket.accountId));
  if (!ticket || !account || account.disabledAt)
    throw deadLink('This link is not one of ours, or not complete.');
  if (ticket.usedAt) throw deadLink('This link has been used, or a newer one has taken its place.');
  if (ticket.expiresAt <= context.now()) throw deadLink('This link has expired.');
  return { account, purpose: ticket.purpose === 'password' ? 'password' : 'invitation' };
}

/** Sets the password that a link allows to set; every session the account had ends. Throws a PageError. */
export async function acceptLink(
  context: AccountsContext,
  token: string,
  password: string,
): Promise<Account> {
  const { account, purpose } = await accountOfLink(context, token);
  const fault = passwordFault(password, account);
  if (fault) throw new PageError(422, 'Not changed', fault);
  const hash = await hashPassword(password, context.cost);
  await context.db.transaction(async trx => {
    // The account first, as everybody does who changes one and its links, so that none waits for another in a circle.
    const locked = await lockAccount(trx, account.id);
    if (!locked || locked.disabledAt || !(await takeLink(context, trx, token)))
      throw deadLink('This link is void.');
    await updateAccount(trx, account.id, { password: hash });
    await endSessions(trx, account.id, context.now());
    await voidTickets(trx, account.id, context.now());
    const action = purpose === 'invitation' ? 'account.join' : 'account.password';
    await recordAccount(
      context,
      trx,
      action,
      account.id,
      account.id,
      null,
      purpose === 'invitation' ? viewOf(account) : null,
    );
  });
  return { ...account, password: hash };
}

async function addInvitee(
  context: AccountsContext,
  trx: Knex,
  invitee: Invitee,
  by: string,
): Promise<Account> {
  const account = { id: uuid(), createdAt: context.now(), ...invitee };
  await insertAccount(trx, account);
  await recordAccount(context, trx, 'account.invite', account.id, by, null, viewOf(account));
  return {
    ...account,
    password: null,
    totpSecret: null,
    totpNew: null,
    totpStep: null,
    seenAt: null,
    disabledAt: null,
  };
}

async function changeInvitee(
  context: AccountsContext,
  trx: Knex,
  known: Account,
  { name, role }: Invitee,
  by: string,
): Promise<Account> {
  await updateAccount(trx, known.id, { name, role, disabledAt: null });
  const account = { ...known, name, role, disabledAt: null };
  await recordAccount(context, trx, 'account.invite', known.id, by, viewOf(known), viewOf(account));
  return account;
}

function deadLink(why: string): PageError {
  return new PageError(410, 'This link does not work', `${why} Ask an admin for a new one.`);
}
