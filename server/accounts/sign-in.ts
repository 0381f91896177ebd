import type { AccountsContext } from './context.ts';
import { countTry, forgiveTry, type Tried } from './lockout.ts';
import { hashPassword, isOutdated, passwordHolds } from './passwords.ts';
import { recoveryCodeHash } from './recovery-codes.ts';
import {
  type Account,
  findAccount,
  findAccountByEmail,
  takeTotpStep,
  updateAccount,
} from './store/accounts.ts';
import { takeRecoveryCode } from './store/recovery-codes.ts';
import { findTicket, insertTicket, takeTicket } from './store/tickets.ts';
import { hashOf, newToken } from './tokens.ts';
import { totpStep } from './totp.ts';

/** What became of a try to sign in. */
export type SignIn =
  | { kind: 'in'; account: Account }
  /** The password was right; this ticket goes with the code. */
  | { kind: 'code'; ticket: string }
  | Refused;

/** Why somebody was not let in. */
export type Refused =
  | { kind: 'wrong' }
  /** The second step took too long: from the start. */
  | { kind: 'late' }
  | { kind: 'closed'; until: Date };

/** How long the second step may take, in ms. */
const codeMs = 10 * 60_000;

/** A try to sign in. */
export interface SignInTry {
  email: string;
  password: string;
  /** Where it comes from. */
  address: string;
  /** The name of the browser, if this account has signed in there before. */
  knownAs: (accountId: string) => string | null;
}

/** The first step: address and password. All that is refused looks and takes the same, whether there is an account or not. */
export async function signIn(
  context: AccountsContext,
  { email, password, address, knownAs }: SignInTry,
): Promise<SignIn> {
  const name = email.trim().toLowerCase();
  const account = await findAccountByEmail(context.db, name);
  const browser = account && knownAs(account.id);
  const tried: [Tried, string][] = browser
    ? [['account', `${name}\n${browser}`]]
    : [
        ['address', address],
        ['account', name],
      ];
  for (const [kind, subject] of tried) {
    const until = await countTry(context, kind, subject);
    if (until) return { kind: 'closed', until };
  }

  const holds = await passwordHolds(password, account?.password ?? null, context.cost);
  if (!account || !holds || account.disabledAt) return { kind: 'wrong' };

  for (const [kind, subject] of tried) await forgiveTry(context, kind, subject);
  await renewHash(context, account, password);
  return account.totpSecret
    ? { kind: 'code', ticket: await codeTicket(context, account) }
    : { kind: 'in', account };
}

/** The second step: a code of the authenticator app, or a recovery code. */
export async function signInWithCode(
  context: AccountsContext,
  { ticket, code }: { ticket: string; code: string },
): Promise<{ kind: 'in'; account: Account } | Refused> {
  const { db } = context;
  const held = await findTicket(db, hashOf(ticket));
  const account = held?.purpose === 'code' ? await findAccount(db, held.accountId) : null;
  if (!held || held.usedAt || held.expiresAt <= context.now() || !account || account.disabledAt)
    return { kind: 'late' };

  const until = await countTry(context, 'code', account.id);
  if (until) return { kind: 'closed', until };
  if (!(await takesCode(context, account, code))) return { kind: 'wrong' };
  if (!(await takeTicket(db, hashOf(ticket), context.now()))) return { kind: 'late' };
  await forgiveTry(context, 'code', account.id);
  return { kind: 'in', account };
}

/** True when a code of the app or a recovery code is right, and uses it up: neither counts twice. */
export async function takesCode(context: AccountsContext, account: Account, code: string): Promise<boolean> {
  const recovery = recoveryCodeHash(code);
  if (recovery && (await takeRecoveryCode(context.db, account.id, recovery, context.now()))) return true;
  const secret = account.totpSecret && context.seal.open(account.totpSecret, account.id);
  if (account.totpSecret && !secret) {
    context.mail.log.error('a second step cannot be checked: SECRET_KEY is not the one it was set up with');
  }
  const step = secret ? totpStep(secret, code, context.now()) : null;
  return step !== null && takeTotpStep(context.db, account.id, step);
}

async function codeTicket({ db, now }: AccountsContext, { id }: Account): Promise<string> {
  const token = newToken();
  const expiresAt = new Date(now().getTime() + codeMs);
  await insertTicket(db, { accountId: id, purpose: 'code', expiresAt }, hashOf(token), now());
  return token;
}

async function renewHash(
  context: AccountsContext,
  { id, password: stored }: Account,
  password: string,
): Promise<void> {
  if (!stored || !isOutdated(stored, context.cost)) return;
  await updateAccount(context.db, id, { password: await hashPassword(password, context.cost) });
}
