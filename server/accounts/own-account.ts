import { PageError } from '../admin/page-error.ts';
import type { AccountsContext } from './context.ts';
import { countTry, forgiveTry } from './lockout.ts';
import { passwordFault } from './password-rules.ts';
import { hashPassword, passwordHolds } from './passwords.ts';
import { newRecoveryCodes, recoveryCodeHash } from './recovery-codes.ts';
import { type Account, lockAccount, updateAccount } from './store/accounts.ts';
import { replaceRecoveryCodes } from './store/recovery-codes.ts';
import { endSessions } from './store/sessions.ts';
import { voidTickets } from './store/tickets.ts';
import { newTotpSecret, totpStep } from './totp.ts';
import { recordAccount, viewOf } from './trail.ts';

/** Changes one's own password; every session ends. Throws a PageError. */
export async function changePassword(
  context: AccountsContext,
  account: Account,
  passwords: { current: string; next: string },
): Promise<void> {
  await confirmPassword(context, account, passwords.current);
  const fault = passwordFault(passwords.next, account);
  if (fault) throw refused(fault);
  const hash = await hashPassword(passwords.next, context.cost);
  await context.db.transaction(async trx => {
    await updateAccount(trx, account.id, { password: hash });
    await endSessions(trx, account.id, context.now());
    await voidTickets(trx, account.id, context.now());
    await recordAccount(context, trx, 'account.password', account.id, account.id, null, null);
  });
}

/** Begins to set up an authenticator app: a secret that counts once its first code has come. Throws a PageError. */
export async function beginSecondStep(
  context: AccountsContext,
  account: Account,
  password: string,
): Promise<void> {
  await confirmPassword(context, account, password);
  const totpNew = context.seal.close(newTotpSecret(), account.id);
  await updateAccount(context.db, account.id, { totpNew });
}

/** The secret that waits for its first code, base32; null when none does. */
export function waitingSecret({ seal }: AccountsContext, { id, totpNew }: Account): string | null {
  return totpNew && seal.open(totpNew, id);
}

/**
 * Turns the second step on with the app's first code, and returns the recovery codes. The other sessions end: they began
 * without it. Throws a PageError.
 */
export async function completeSecondStep(
  context: AccountsContext,
  { id }: Account,
  code: string,
  sessionId: string,
): Promise<string[]> {
  const codes = newRecoveryCodes();
  await context.db.transaction(async trx => {
    const account = await lockAccount(trx, id);
    const secret = account && waitingSecret(context, account);
    if (!account || !secret) throw refused('This set-up has been finished or given up. Begin anew.');
    const step = totpStep(secret, code, context.now());
    if (step === null)
      throw refused(
        'That code is not right. Check that the clock of your phone is set by itself, and type the next code.',
      );
    const after = { totpSecret: account.totpNew, totpNew: null, totpStep: step };
    await updateAccount(trx, id, after);
    await replaceRecoveryCodes(
      trx,
      id,
      codes.flatMap(one => recoveryCodeHash(one) ?? []),
    );
    await endSessions(trx, id, context.now(), { except: sessionId });
    await recordAccount(
      context,
      trx,
      'account.second-step-on',
      id,
      id,
      viewOf(account),
      viewOf({ ...account, ...after }),
    );
  });
  return codes;
}

/** Turns one's second step off. Throws a PageError. */
export async function endSecondStep(
  context: AccountsContext,
  account: Account,
  password: string,
): Promise<void> {
  await confirmPassword(context, account, password);
  const after = { totpSecret: null, totpNew: null, totpStep: null };
  await context.db.transaction(async trx => {
    await updateAccount(trx, account.id, after);
    await replaceRecoveryCodes(trx, account.id, []);
    await recordAccount(
      context,
      trx,
      'account.second-step-off',
      account.id,
      account.id,
      viewOf(account),
      viewOf({ ...account, ...after }),
    );
  });
}

// A session left open on a desk does not make its finder the owner; nor may they guess on and on. Counted apart from
// the door: who guesses there must not keep the owner from a change in here.
async function confirmPassword(
  context: AccountsContext,
  { id, password: stored }: Account,
  password: string,
): Promise<void> {
  const until = await countTry(context, 'account', `within ${id}`);
  if (until)
    throw new PageError(
      429,
      'Not changed',
      'There were too many wrong passwords. Wait a while and try again.',
    );
  if (!(await passwordHolds(password, stored, context.cost)))
    throw refused('That is not your current password.');
  await forgiveTry(context, 'account', `within ${id}`);
}

function refused(why: string): PageError {
  return new PageError(422, 'Not changed', why);
}
