import type { Mail } from '../api.ts';
import { MailError } from '../error.ts';
import type { Mailbox } from '../providers/transport.ts';
import { addressKey, readMailbox } from '../shared/address.ts';
import { mailboxesOf } from './headers.ts';
import type { MailData } from './refusals.ts';
import { refused } from './send-error.ts';

/**
 * The address that mail of a category comes from, and where replies go. Throws `invalid-input` where a mail names another
 * sender and that is refused, and `unknown-category`.
 */
export function replyToFor(
  mail: Mail,
  category: string,
  data: MailData,
  otherSenders: 'refuse' | 'reply-to',
): { sender: string; replyTo: Mailbox[] } {
  const sender = senderOf(mail, category);
  const replyTo = mailboxesOf(data.replyTo);
  const [from] = mailboxesOf(data.from);
  const [extra] = mailboxesOf(data.sender);
  if (extra && addressKey(extra.email) !== addressKey(sender))
    throw refused('sender', `must be ${sender}, the sender of the category ${category}, or left out.`);
  if (!from || addressKey(from.email) === addressKey(sender)) return { sender, replyTo };
  if (otherSenders === 'refuse') {
    throw refused(
      'from',
      `is not ${sender}, the sender of the category ${category}: use that, choose another category, or let the transport have otherSenders: 'reply-to'.`,
    );
  }
  return { sender, replyTo: replyTo.length > 0 ? replyTo : [from] };
}

function senderOf(mail: Mail, name: string): string {
  const { from, categories } = mail.connections.policy();
  const found = categories.find(({ category }) => category === name);
  if (!found)
    throw new MailError('unknown-category', `The routing policy has no category ${name}.`, 'category');
  return (found.from ?? readMailbox(from, 'from')).email;
}
