import { randomUUID } from 'node:crypto';
import PostalMime, { type Address, type Email } from 'postal-mime';
import type { InboundAttachment, InboundMailbox, InboundMessage } from '../store/inbound.ts';
import { stripReply } from './strip-reply.ts';

/** What moves from the headers to fields of its own. */
const MOVED = new Set(['from', 'to', 'cc', 'bcc', 'subject', 'date', 'reply-to']);

/** What Postmark's filter puts on every mail. */
const SPAM_HEADERS = [
  { Name: 'X-Spam-Checker-Version', Value: 'SpamAssassin 4.0.0 (sandbox)' },
  { Name: 'X-Spam-Status', Value: 'No' },
  { Name: 'X-Spam-Score', Value: '0.0' },
  { Name: 'X-Spam-Tests', Value: '' },
];

/** Reads a raw mail as Postmark does; `recipient` is the envelope's. */
export async function readInbound(
  raw: Buffer,
  recipient: string,
  receivedAt: number,
): Promise<InboundMessage> {
  const email = await PostalMime.parse(raw, { attachmentEncoding: 'base64' });
  const header = (name: string): string => email.headers.find(({ key }) => key === name)?.value ?? '';
  const isReply = header('in-reply-to') !== '' || header('references') !== '';
  return {
    id: randomUUID(),
    receivedAt,
    status: 'Queued',
    blockedReason: '',
    from: readMailbox(email.from ?? { name: '', address: '' }),
    to: readMailboxes(email.to),
    cc: readMailboxes(email.cc),
    bcc: readMailboxes(email.bcc),
    originalRecipient: recipient,
    mailboxHash: hashOf(recipient),
    subject: email.subject ?? '',
    replyTo: readMailboxes(email.replyTo)
      .map(({ Email }) => Email)
      .join(', '),
    date: header('date'),
    tag: header('x-pm-tag'),
    text: withoutEnd(email.text),
    html: withoutEnd(email.html),
    strippedReply: isReply ? stripReply(email.text ?? '') : '',
    headers: readHeaders(email),
    attachments: email.attachments.map(readAttachment),
    raw,
  };
}

/** The last line break is the parser's, not the sender's. */
function withoutEnd(body = ''): string {
  return body.replace(/\r?\n$/, '');
}

/** The part of an address behind `+`. */
export function hashOf(address: string): string {
  return /\+([^@]*)@/.exec(address)?.[1] ?? '';
}

function readMailboxes(list: readonly Address[] | undefined): InboundMailbox[] {
  return (list ?? []).flatMap(entry => (entry.group ?? [entry]).map(readMailbox));
}

function readMailbox({ name, address = '' }: Address): InboundMailbox {
  return { Email: address, Name: name, MailboxHash: hashOf(address) };
}

function readHeaders({ headers }: Email): InboundMessage['headers'] {
  const kept = headers.filter(({ key }) => !MOVED.has(key));
  const missing = SPAM_HEADERS.filter(({ Name }) => !kept.some(({ key }) => key === Name.toLowerCase()));
  const named = kept.map(({ originalKey, value }) => ({ Name: originalKey, Value: value }));
  const isReturnPath = ({ Name }: { Name: string }): boolean => Name.toLowerCase() === 'return-path';
  return [...named.filter(isReturnPath), ...named.filter(entry => !isReturnPath(entry)), ...missing];
}

function readAttachment(file: Email['attachments'][number]): InboundAttachment {
  const Content = String(file.content);
  return {
    Name: file.filename ?? '',
    Content,
    ContentType: file.mimeType,
    ContentLength: Buffer.from(Content, 'base64').length,
    ContentID: (file.contentId ?? '').replace(/^<|>$/g, ''),
  };
}
