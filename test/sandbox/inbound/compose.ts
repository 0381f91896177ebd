import MailComposer from 'nodemailer/lib/mail-composer/index.js';

/** A mail somebody writes to the server's inbound address. */
export interface InboundMail {
  /** `addr` or `Name <addr>`; lists with commas elsewhere. */
  from: string;
  /** Default: the server's inbound address. */
  to?: string;
  cc?: string;
  replyTo?: string;
  subject?: string;
  text?: string;
  html?: string;
  /** The Message-ID of what this answers. */
  inReplyTo?: string;
  headers?: Record<string, string>;
  attachments?: { filename: string; content: string | Buffer; contentType?: string; cid?: string }[];
}

/** Writes a mail as raw MIME. */
export function composeInbound(
  { inReplyTo, ...mail }: InboundMail & { to: string },
  at: number,
): Promise<Buffer> {
  const thread = inReplyTo === undefined ? {} : { inReplyTo, references: inReplyTo };
  return new MailComposer({ ...mail, ...thread, date: new Date(at) }).compile().build();
}
