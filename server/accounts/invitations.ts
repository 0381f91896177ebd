import Joi from 'joi';
import { v7 as uuid } from 'uuid';
import type { Trx } from '../../db/connect.ts';
import { type Role, roles } from '../admin/person.ts';
import { MailError, readMailbox } from '../mail/index.ts';
import { auditView, changeAccounts, type RecordChange } from './account-changes.ts';
import type { AccountsContext } from './context.ts';
import { AccountError } from './error.ts';
import { createLink, type Link } from './links.ts';
import {
  type Account,
  findAccountByEmail,
  hasAccounts,
  insertAccount,
  updateAccount,
} from './store/accounts-store.ts';

/** Whom to invite. */
interface Invitee {
  email: string;
  name: string;
  role: Role;
}

/**
 * Adds an account that waits for its owner, and the link to join by. For somebody who was invited before and has not
 * joined, a new link replaces the old one. Throws an AccountError that says what has to change.
 */
export async function invite(
  context: AccountsContext,
  input: unknown,
  by: string,
): Promise<{ account: Account; link: Link; again: boolean }> {
  const invitee = readInvitee(input);
  return changeAccounts(context, async (trx, record) => {
    const known = await findAccountByEmail(trx, invitee.email);
    if (known?.password) throw accountExists(invitee);
    if (invitee.role !== 'admin' && !(await hasAccounts(trx))) throw firstMustBeAdmin();
    const account = known
      ? await changeInvitee(trx, record, known, invitee, by)
      : await addInvitee(context, trx, record, invitee, by);
    return { account, link: await createLink(context, trx, account.id, 'invitation'), again: known !== null };
  });
}

/** Reads whom to invite. Throws an AccountError that says what has to change. */
export function readInvitee(input: unknown): Invitee {
  const { error, value } = inviteeSchema.validate(input, { stripUnknown: true });
  if (error) throw new AccountError('invalid-invitation', error.message);
  return value;
}

const inviteeSchema: Joi.ObjectSchema<Invitee> = Joi.object({
  email: Joi.string()
    .trim()
    .lowercase()
    .max(254)
    .required()
    .custom((email: string, helper) => (isAddress(email) ? email : helper.error('any.invalid')))
    .messages({ '*': 'Enter one e-mail address, like ada@example.com.' }),
  name: Joi.string()
    .trim()
    .min(1)
    .max(200)
    .required()
    .messages({ '*': 'Enter a name of 1 to 200 characters.' }),
  role: Joi.string()
    .valid(...roles)
    .required()
    .messages({ '*': `Choose one of these roles: ${roles.join(', ')}.` }),
});

function isAddress(text: string): boolean {
  try {
    return readMailbox(text, 'email').email === text;
  } catch (error) {
    if (error instanceof MailError) return false;
    throw error;
  }
}

async function addInvitee(
  context: AccountsContext,
  trx: Trx,
  record: RecordChange,
  invitee: Invitee,
  by: string,
): Promise<Account> {
  const account = { id: uuid(), createdAt: context.now(), ...invitee };
  await insertAccount(trx, account);
  const after = auditView(account);
  await record({ action: 'account.invite', accountId: account.id, by, after });
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
  trx: Trx,
  record: RecordChange,
  known: Account,
  { name, role }: Invitee,
  by: string,
): Promise<Account> {
  const account = { ...known, name, role, disabledAt: null };
  await updateAccount(trx, known.id, { name, role, disabledAt: null });
  const views = { before: auditView(known), after: auditView(account) };
  await record({ action: 'account.invite', accountId: known.id, by, ...views });
  return account;
}

/** The refusal to invite somebody who has joined. */
export function accountExists({ email }: Pick<Invitee, 'email'>): AccountError {
  return new AccountError(
    'account-exists',
    `${email} has an account already. Change its role, or create a link for a new password.`,
  );
}

function firstMustBeAdmin(): AccountError {
  return new AccountError(
    'first-account-not-admin',
    'The first account must be an admin, who can add the others.',
  );
}
