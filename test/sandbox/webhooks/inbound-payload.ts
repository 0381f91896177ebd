import type { InboundMailbox, InboundMessage } from '../store/inbound.ts';
import type { Payload } from './payloads.ts';

/** An inbound mail as the hook gets it; without a RecordType. */
export function inbound(message: InboundMessage, withRaw: boolean): Payload {
  return {
    ...inboundFields(message),
    MessageStream: 'inbound',
    TextBody: message.text,
    HtmlBody: message.html,
    StrippedTextReply: message.strippedReply,
    Headers: message.headers,
    Attachments: message.attachments,
    ...(withRaw ? { RawEmail: message.raw.toString('utf8') } : {}),
  };
}

/** What the hook and the Messages API have in common. */
export function inboundFields(message: InboundMessage): Payload {
  const { from, to, cc, bcc } = message;
  return {
    From: from.Email,
    FromName: from.Name,
    FromFull: from,
    To: write(to),
    ToFull: to,
    Cc: write(cc),
    CcFull: cc,
    Bcc: write(bcc),
    BccFull: bcc,
    OriginalRecipient: message.originalRecipient,
    Subject: message.subject,
    MessageID: message.id,
    ReplyTo: message.replyTo,
    MailboxHash: message.mailboxHash,
    Date: message.date,
    Tag: message.tag,
  };
}

function write(mailboxes: readonly InboundMailbox[]): string {
  return mailboxes.map(({ Email, Name }) => (Name === '' ? Email : `"${Name}" <${Email}>`)).join(', ');
}
