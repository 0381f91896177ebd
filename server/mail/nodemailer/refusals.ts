import type { Mailbox } from '../providers/transport.ts';
import { addressKey } from '../shared/address.ts';
import type { PostlaneFields } from './fields.ts';
import { refused } from './send-error.ts';

/** A mail's fields, as nodemailer holds them. */
export type MailData = Record<string, unknown> & { postlane?: PostlaneFields };

/** What would be lost or sent otherwise than it was meant, and what to do instead. */
const unsupported: Record<string, string> = {
  raw: 'cannot be sent: the ledger keeps a mail by its parts. Give subject, html, text and attachments.',
  dkim: 'is not needed: the provider signs. Take it out.',
  messageId: 'is the provider’s to set. To send a mail once, give an idempotencyKey in postlane.',
  date: 'is set when the mail goes out. To send it later, give sendAt in postlane.',
  amp: 'cannot be sent by this provider. Take it out; html is what its recipients saw elsewhere.',
  watchHtml: 'cannot be sent by this provider. Take it out.',
  otp: 'cannot be sent. Put the header into headers.',
  dsn: 'is not needed: what becomes of each message is in the ledger. Take it out.',
  list: 'cannot be sent. Put the headers into headers; the link to unsubscribe of bulk mail is set by itself.',
};

/** Throws `invalid-input` for a field that cannot be sent. */
export function refuseUnsupported(data: MailData): void {
  for (const [field, why] of Object.entries(unsupported)) {
    if (data[field] !== undefined && data[field] !== null && data[field] !== false) throw refused(field, why);
  }
  const attachments = Array.isArray(data.attachments) ? data.attachments : [];
  attachments.forEach((file: unknown, i) => {
    const { raw, headers } = (file ?? {}) as { raw?: unknown; headers?: unknown };
    if (raw !== undefined) throw refused(`attachments[${i}].raw`, 'cannot be sent: give content or path.');
    if (headers !== undefined) throw refused(`attachments[${i}].headers`, 'cannot be sent: take them out.');
  });
}

/** Throws `invalid-input` for an envelope of the caller's that says something else than the headers. */
export function checkEnvelope(
  data: MailData,
  envelope: { from: string | false; to: string[] },
  recipients: Record<'to' | 'cc' | 'bcc', readonly Mailbox[]>,
): void {
  if (data.envelope === undefined || data.envelope === null) return;
  const named = Object.values(recipients).flatMap(list => list.map(({ email }) => addressKey(email)));
  const asked = envelope.to.map(addressKey);
  if (
    new Set(named).size !== new Set([...named, ...asked]).size ||
    new Set(asked).size !== new Set(named).size
  )
    throw refused(
      'envelope.to',
      'must name the same addresses as to, cc and bcc: the provider takes recipients from there.',
    );
  const from = (data.from as { address?: string } | null | undefined)?.address;
  if (envelope.from && from && addressKey(envelope.from) !== addressKey(from))
    throw refused('envelope.from', 'must be the address of from: the provider sets where bounces go.');
}
