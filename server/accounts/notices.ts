import type { AuditAction } from '../mail/index.ts';
import { sendAccountMail } from './account-mail.ts';
import type { AccountNotice } from './account-notice-texts.ts';
import type { AccountsContext } from './context.ts';
import { accountNames, findAccount } from './store/accounts-store.ts';

/** Which changes the owner of an account is told of; what somebody does by signing in and out tells itself. */
const noticeOf: Partial<Record<AuditAction, AccountNotice>> = {
  'account.disable': 'disabled',
  'account.enable': 'enabled',
  'account.password': 'password-changed',
  'account.role': 'role-changed',
  'account.two-factor-off': 'second-step-off',
  'account.two-factor-on': 'second-step-on',
  'account.two-factor-reset': 'second-step-reset',
};

/** Tells the owner of an account of a change that was made. Never rejects: the change stands, whatever becomes of the mail. */
export async function noticeOfChange(
  context: AccountsContext,
  { action, accountId, by }: { action: AuditAction; accountId: string; by: string },
): Promise<void> {
  const { [action]: notice } = noticeOf;
  if (notice) await sendNotice(context, accountId, notice, { by: by === accountId ? null : by });
}

/** Mails a notice to an account. Never rejects. */
export async function sendNotice(
  context: AccountsContext,
  accountId: string,
  notice: AccountNotice,
  { by = null, browser = null }: { by?: string | null; browser?: string | null } = {},
): Promise<void> {
  const { db, mail, now, publicUrl } = context;
  try {
    const account = await findAccount(db, accountId);
    if (!account?.password) return;
    const name = by === null ? null : ((await accountNames(db, [by])).get(by) ?? 'An operator of the server');
    const data = {
      notice,
      role: account.role,
      by: name,
      browser,
      at: now(),
      profile: `${publicUrl}/profile`,
    };
    await sendAccountMail(context, account, 'notice', data);
  } catch (error) {
    mail.log.error({ err: error, accountId }, 'a notice to an account could not be sent');
  }
}
