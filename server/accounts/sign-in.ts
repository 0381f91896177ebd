import type { AccountsContext } from './context.ts';
import { clearFailures, type LockoutKind, recordFailure } from './lockout.ts';
import { hashPassword, needsRehash, verifyPassword } from './passwords.ts';
import { hashOf, newToken } from './secrets.ts';
import {
  type Account,
  findAccount,
  findAccountByEmail,
  updateAccount,
  useTotpStep,
} from './store/accounts-store.ts';
import { findToken, insertToken, useToken } from './store/one-time-tokens-store.ts';
import { useRecoveryCode } from './store/recovery-codes-store.ts';
import { recoveryCodeHash, totpStep } from './two-factor.ts';

/** What an attempt to sign in comes to. */
export type SignIn =
  | { kind: 'signed-in'; account: Account }
  /** The password was right; this token goes with the code. */
  | { kind: 'code-needed'; token: string }
  | Refused;

/** Why somebody could not sign in. */
export type Refused =
  | { kind: 'wrong' }
  /** The code came too late: from the start. */
  | { kind: 'expired' }
  | { kind: 'locked-out'; until: Date };

/** How long the code may take, in ms. */
const codeMs = 10 * 60_000;

/** An attempt to sign in. */
export interface Credentials {
  email: string;
  password: string;
  /** Where it comes from. */
  address: string;
  /** The name of the browser, if this account has signed in there before. */
  deviceOf: (accountId: string) => string | null;
}

/** Address and password. Every refusal looks and takes the same, whether there is an account or not. */
export async function signIn(
  context: AccountsContext,
  { email, password, address, deviceOf }: Credentials,
): Promise<SignIn> {
  const name = email.trim().toLowerCase();
  const account = await findAccountByEmail(context.db, name);
  const browser = account && deviceOf(account.id);
  const attempted: [LockoutKind, string][] = browser
    ? [['account', `${name}\n${browser}`]]
    : [
        ['address', address],
        ['account', name],
      ];
  for (const [kind, subject] of attempted) {
    const until = await recordFailure(context, kind, subject);
    if (until) return { kind: 'locked-out', until };
  }

  const right = await verifyPassword(password, account?.password ?? null, context.cost);
  if (!account || !right || account.disabledAt) return { kind: 'wrong' };

  for (const [kind, subject] of attempted) await clearFailures(context, kind, subject);
  await rehash(context, account, password);
  return account.totpSecret
    ? { kind: 'code-needed', token: await newCodeToken(context, account) }
    : { kind: 'signed-in', account };
}

/** A code of the authenticator app, or a recovery code. */
export async function signInWithCode(
  context: AccountsContext,
  { token, code }: { token: string; code: string },
): Promise<{ kind: 'signed-in'; account: Account } | Refused> {
  const { db } = context;
  const held = await findToken(db, hashOf(token));
  const account = held?.purpose === 'code' ? await findAccount(db, held.accountId) : null;
  if (!held || held.usedAt || held.expiresAt <= context.now() || !account || account.disabledAt)
    return { kind: 'expired' };

  const until = await recordFailure(context, 'code', account.id);
  if (until) return { kind: 'locked-out', until };
  if (!(await useCode(context, account, code))) return { kind: 'wrong' };
  if (!(await useToken(db, hashOf(token), context.now()))) return { kind: 'expired' };
  await clearFailures(context, 'code', account.id);
  return { kind: 'signed-in', account };
}

/** True when a code of the app or a recovery code is right, and uses it up: neither counts twice. */
async function useCode(context: AccountsContext, account: Account, code: string): Promise<boolean> {
  const recovery = recoveryCodeHash(code);
  if (recovery && (await useRecoveryCode(context.db, account.id, recovery, context.now()))) return true;
  const secret = account.totpSecret && context.encrypter.decrypt(account.totpSecret, account.id);
  if (account.totpSecret && !secret) {
    context.mail.log.error(
      'a code cannot be checked: SECRET_KEY is not the one that two-factor authentication was set up with',
    );
  }
  const step = secret ? totpStep(secret, code, context.now()) : null;
  return step !== null && useTotpStep(context.db, account.id, step);
}

async function newCodeToken({ db, now }: AccountsContext, { id }: Account): Promise<string> {
  const token = newToken();
  const expiresAt = new Date(now().getTime() + codeMs);
  await insertToken(db, { accountId: id, purpose: 'code', expiresAt }, hashOf(token), now());
  return token;
}

async function rehash(
  context: AccountsContext,
  { id, password: stored }: Account,
  password: string,
): Promise<void> {
  if (!stored || !needsRehash(stored, context.cost)) return;
  await updateAccount(context.db, id, { password: await hashPassword(password, context.cost) });
}
