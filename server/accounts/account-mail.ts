import { type CategoryView, type Mail, MailError, readMailbox, type SendOptions } from '../mail/index.ts';
import { type AccountMailData, type AccountMailKind, accountMailKinds } from './account-mail-kinds.ts';
import { accountMailParts } from './account-mail-parts.ts';
import type { AccountMailText } from './account-mail-text.ts';
import type { AccountsContext } from './context.ts';
import type { Account } from './store/accounts-store.ts';

/**
 * Sends an account one of the mails of `account-mail-kinds.ts`, which no template and no page can change. Returns the id of
 * the message; null when it could not be sent, which the log says. One with a link that opens the account waits for
 * the hand-over, and takes no `trx`; a notice is only stored, in the caller's transaction where one is given.
 */
export async function sendAccountMail<K extends AccountMailKind>(
  { mail, publicUrl }: Pick<AccountsContext, 'mail' | 'publicUrl'>,
  { email, name }: Pick<Account, 'email' | 'name'>,
  kind: K,
  data: AccountMailData<K>,
  { trx }: Pick<SendOptions, 'trx'> = {},
): Promise<string | null> {
  const organisation = organisationOf(mail, publicUrl);
  // One entry of the table: its data is what its text takes.
  const { opensAccount, text } = accountMailKinds[kind] as EntryOf<K>;
  const said = text(data, { name, organisation });
  refuseForeignLink(said, publicUrl);
  const category = accountCategory(mail);
  if (category === null) {
    mail.log.warn({ kind }, 'no category of the routing policy can take mail to accounts');
    return null;
  }
  const message = {
    category,
    to: { email, name },
    ...accountMailParts(said, organisation),
    confidential: true,
  };
  try {
    return opensAccount ? await sendAndPurge(mail, message) : (await mail.send(message, { trx })).id;
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    mail.log.warn({ kind, code: error.code }, 'a mail to an account could not be sent');
    return null;
  }
}

/**
 * The category that mail to accounts goes by: `account`, else the first that is transactional and needs no consent, rather
 * one that prefers delivery. Null when the routing policy has none.
 */
export function accountCategory({ connections }: Pick<Mail, 'connections'>): string | null {
  const fit = connections
    .policy()
    .categories.filter(({ lane, consent }) => lane === 'transactional' && consent === 'none');
  const found =
    fit.find(({ category }) => category === 'account') ??
    fit.find(({ onUnknown }: CategoryView) => onUnknown === 'prefer-delivery') ??
    fit[0];
  return found?.category ?? null;
}

interface EntryOf<K extends AccountMailKind> {
  opensAccount: boolean;
  text(data: AccountMailData<K>, about: { name: string; organisation: string }): AccountMailText;
}

/** In whose name the mail goes: as the configuration says, for the brand's values in templates can be edited. */
function organisationOf({ connections }: Mail, publicUrl: string): string {
  const { from } = connections.brands().find(({ isDefault }) => isDefault) ?? connections.policy();
  return readMailbox(from, 'from').name ?? new URL(publicUrl).hostname;
}

function refuseForeignLink({ button }: AccountMailText, publicUrl: string): void {
  if (button && !button.href.startsWith(`${publicUrl}/`))
    throw new Error('A mail to an account may only link to its own pages.');
}

/** Nobody who may read messages may find the link there, and with it somebody else's role. */
async function sendAndPurge(mail: Mail, message: Parameters<Mail['send']>[0]): Promise<string | null> {
  const { id, state } = await mail.send(message, { wait: true });
  if (state === 'queued') await mail.messages.cancel(id);
  await mail.messages.purgeContent(id);
  return state === 'queued' || state === 'suppressed' || state === 'failed' ? null : id;
}
