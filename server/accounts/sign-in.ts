import type { SecurityKind } from '../mail/index.ts';
import type { RequestSource } from '../request-source.ts';
import type { AccountsContext } from './context.ts';
import { clearFailures, type LockoutSubject, recordFailure } from './lockout.ts';
import { sendNotice } from './notices.ts';
import { hashPassword, needsRehash, placeToHash, verifyPassword } from './passwords/hash.ts';
import type { Place } from './passwords/hash-queue.ts';
import { hashOf, newToken } from './secrets.ts';
import {
  type Account,
  findAccount,
  findAccountByEmail,
  updateAccount,
  useTotpStep,
} from './store/accounts-store.ts';
import { findToken, insertToken, useToken } from './store/one-time-tokens-store.ts';
import { isRecoveryCode, useRecoveryCode } from './store/recovery-codes-store.ts';
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
  /** The network it comes from, for counting. */
  network: string;
  /** Where it comes from, for the log. */
  source: RequestSource;
  /** The name of the browser, if this account has signed in there before. */
  deviceOf: (accountId: string) => string | null;
}

/**
 * Address and password. Every refusal looks and takes the same, whether there is an account or not. Throws an AccountError
 * when too many are signing in, and then it was no attempt.
 */
export async function signIn(context: AccountsContext, credentials: Credentials): Promise<SignIn> {
  const { network, deviceOf } = credentials;
  const email = credentials.email.trim().toLowerCase();
  const account = await findAccountByEmail(context.db, email);
  const browser = account && deviceOf(account.id);
  const place = placeToHash({ name: browser ?? network, known: browser !== null });
  const attempted: LockoutSubject[] =
    account && browser
      ? [{ kind: 'browser', accountId: account.id, browser }]
      : [
          { kind: 'address', network },
          { kind: 'account', email },
        ];
  try {
    return await attempt(context, credentials, { account, attempted, place });
  } finally {
    place.leave();
  }
}

async function attempt(
  context: AccountsContext,
  { password, source }: Credentials,
  { account, attempted, place }: { account: Account | null; attempted: LockoutSubject[]; place: Place },
): Promise<SignIn> {
  // Not waited for: it would take longer where there is an account, and an admin's above all.
  const report = (kind: SecurityKind) =>
    void context.mail.security.record({ kind, ...source, ...(account && { accountId: account.id }) });
  let locks = false;
  for (const subject of attempted) {
    const counted = await recordFailure(context, subject);
    if (counted.lockedUntil) {
      report('sign-in.fail');
      return { kind: 'locked-out', until: counted.lockedUntil };
    }
    if (subject.kind !== 'address') locks = counted.locksUntil !== null;
  }

  const right = await verifyPassword(password, account?.password ?? null, context.cost, place);
  if (!account || !right || account.disabledAt) {
    report('sign-in.fail');
    if (locks) report(account?.role === 'admin' ? 'sign-in.admin-lock' : 'sign-in.lock');
    return { kind: 'wrong' };
  }

  for (const subject of attempted) await clearFailures(context, subject);
  await rehash(context, account, password);
  return account.totpSecret
    ? { kind: 'code-needed', token: await newCodeToken(context, account) }
    : { kind: 'signed-in', account };
}

/** A code of the authenticator app, or a recovery code. */
export async function signInWithCode(
  context: AccountsContext,
  { token, code, source }: { token: string; code: string; source: RequestSource },
): Promise<{ kind: 'signed-in'; account: Account } | Refused> {
  const { db } = context;
  const held = await findToken(db, hashOf(token));
  const account = held?.purpose === 'code' ? await findAccount(db, held.accountId) : null;
  if (!held || held.usedAt || held.expiresAt <= context.now() || !account || account.disabledAt)
    return { kind: 'expired' };

  const subject: LockoutSubject = { kind: 'code', accountId: account.id };
  const report = (kind: SecurityKind) =>
    context.mail.security.record({ kind, ...source, accountId: account.id });
  const counted = await recordFailure(context, subject);
  if (counted.lockedUntil) {
    await report('sign-in.code-fail');
    return { kind: 'locked-out', until: counted.lockedUntil };
  }
  const used = await useCode(context, account, code);
  if (used !== 'right') {
    await report(used === 'used' ? 'sign-in.code-reuse' : 'sign-in.code-fail');
    if (used === 'used') await sendNotice(context, account.id, 'code-reused');
    if (counted.locksUntil) await report(account.role === 'admin' ? 'sign-in.admin-lock' : 'sign-in.lock');
    return { kind: 'wrong' };
  }
  if (!(await useToken(db, hashOf(token), context.now()))) return { kind: 'expired' };
  await clearFailures(context, subject);
  return { kind: 'signed-in', account };
}

/** Whether a code of the app or a recovery code is right, and uses it up: neither counts twice. */
async function useCode(
  context: AccountsContext,
  account: Account,
  code: string,
): Promise<'right' | 'wrong' | 'used'> {
  const { db, now } = context;
  const recovery = recoveryCodeHash(code);
  if (recovery && (await useRecoveryCode(db, account.id, recovery, now()))) return 'right';
  if (recovery && (await isRecoveryCode(db, account.id, recovery))) return 'used';
  const secret = account.totpSecret && context.encrypter.decrypt(account.totpSecret, account.id);
  if (account.totpSecret && !secret) {
    context.mail.log.error(
      'a code cannot be checked: SECRET_KEY is not the one that two-factor authentication was set up with',
    );
  }
  const step = secret ? totpStep(secret, code, now()) : null;
  if (step === null) return 'wrong';
  return (await useTotpStep(db, account.id, step)) ? 'right' : 'used';
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
  const place = placeToHash({ name: id, known: true });
  await updateAccount(context.db, id, { password: await hashPassword(password, context.cost, place) });
}
