import { auditView, changeAccounts } from './account-changes.ts';
import type { AccountsContext } from './context.ts';
import { AccountError } from './error.ts';
import { clearFailures, recordFailure } from './lockout.ts';
import { hashPassword, placeToHash, verifyPassword } from './passwords/hash.ts';
import { passwordProblem } from './passwords/rules.ts';
import { takesSecondStep } from './second-step.ts';
import { type Account, lockAccount, updateAccount } from './store/accounts-store.ts';
import { voidTokens } from './store/one-time-tokens-store.ts';
import { replaceRecoveryCodes } from './store/recovery-codes-store.ts';
import { endSessions } from './store/sessions-store.ts';
import { newRecoveryCodes, newTotpSecret, recoveryCodeHash, totpStep } from './two-factor.ts';

/** Changes one's own password; every session ends. Throws an AccountError. */
export async function changePassword(
  context: AccountsContext,
  account: Account,
  passwords: { current: string; next: string },
): Promise<void> {
  const { id } = account;
  await confirmPassword(context, account, passwords.current);
  const problem = passwordProblem(passwords.next, account);
  if (problem) throw new AccountError('password-unfit', problem);
  const hash = await hashPassword(passwords.next, context.cost, placeToHash({ name: id, known: true }));
  await changeAccounts(context, async (trx, record) => {
    await updateAccount(trx, id, { password: hash });
    await endSessions(trx, id, context.now());
    await voidTokens(trx, id, context.now());
    await record({ action: 'account.password', accountId: id, by: id });
  });
}

/** Begins to set up an authenticator app: a secret that counts once its first code has come. Throws an AccountError. */
export async function beginTwoFactor(
  context: AccountsContext,
  account: Account,
  password: string,
): Promise<void> {
  await confirmPassword(context, account, password);
  const totpNew = context.encrypter.encrypt(newTotpSecret(), account.id);
  await updateAccount(context.db, account.id, { totpNew });
}

/** The secret that waits for its first code, base32; null when none does. */
export function pendingSecret({ encrypter }: AccountsContext, { id, totpNew }: Account): string | null {
  return totpNew && encrypter.decrypt(totpNew, id);
}

/**
 * Turns two-factor authentication on with the app's first code, and returns the recovery codes. The other sessions end:
 * they began without it. Throws an AccountError.
 */
export async function completeTwoFactor(
  context: AccountsContext,
  { id }: Account,
  code: string,
  sessionId: string,
): Promise<string[]> {
  const codes = newRecoveryCodes();
  await changeAccounts(context, async (trx, record) => {
    const account = await lockAccount(trx, id);
    const secret = account && pendingSecret(context, account);
    if (!account || !secret) throw new AccountError('setup-over', 'This set-up has ended. Start again.');
    const step = totpStep(secret, code, context.now());
    if (step === null) throw new AccountError('code-wrong', wrongCode);
    const after = { totpSecret: account.totpNew, totpNew: null, totpStep: step };
    await updateAccount(trx, id, after);
    const hashes = codes.flatMap(one => recoveryCodeHash(one) ?? []);
    await replaceRecoveryCodes(trx, id, hashes);
    await endSessions(trx, id, context.now(), { except: sessionId });
    const views = { before: auditView(account), after: auditView({ ...account, ...after }) };
    await record({ action: 'account.two-factor-on', accountId: id, by: id, ...views });
  });
  return codes;
}

const wrongCode =
  'That code is wrong. Check that your phone sets its clock automatically, then enter the next code.';

/** Turns one's own two-factor authentication off. Throws an AccountError. */
export async function removeTwoFactor(
  context: AccountsContext,
  account: Account,
  password: string,
): Promise<void> {
  if (takesSecondStep(context, account))
    throw new AccountError(
      'second-step-required',
      `Your role, ${account.role}, requires two-factor authentication.`,
    );
  await confirmPassword(context, account, password);
  const { id } = account;
  const after = { totpSecret: null, totpNew: null, totpStep: null };
  await changeAccounts(context, async (trx, record) => {
    await updateAccount(trx, id, after);
    await replaceRecoveryCodes(trx, id, []);
    const views = { before: auditView(account), after: auditView({ ...account, ...after }) };
    await record({ action: 'account.two-factor-off', accountId: id, by: id, ...views });
  });
}

/**
 * Throws an AccountError unless the password is the account's. A session left open on a desk does not make its finder the
 * owner, who may not guess without limit either; that is counted apart from signing in, so that somebody who guesses there
 * keeps nobody from a change in here.
 */
export async function confirmPassword(
  context: AccountsContext,
  { id, password: stored }: Account,
  password: string,
): Promise<void> {
  const place = placeToHash({ name: id, known: true });
  try {
    const subject = { kind: 'profile', accountId: id } as const;
    if ((await recordFailure(context, subject)).lockedUntil)
      throw new AccountError('locked-out', 'Too many wrong passwords. Wait a while, then try again.');
    if (!(await verifyPassword(password, stored, context.cost, place)))
      throw new AccountError('password-wrong', 'That is not your current password.');
    await clearFailures(context, subject);
  } finally {
    place.leave();
  }
}
