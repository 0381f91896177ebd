import type { Submission } from '../../messages/accept.ts';
import { addressFault, type Mailbox, readMailboxes } from '../../messages/addresses.ts';
import * as rules from '../../messages/rules.ts';
import type { Provider } from '../../state/provider.ts';
import { type Refusal, refusal } from '../answer.ts';
import { wrongFields } from '../fields.ts';
import { type EmailFields, readFields } from './email-fields.ts';

export type EmailCheck =
  | { kind: 'refused'; refusal: Refusal }
  /** `echo` is the To text as it came. */
  | { kind: 'fine'; submission: Submission; echo: string | undefined }
  /** Taken, but its template cannot be filled with its model; nobody gets it. */
  | { kind: 'unrenderable'; submission: Submission; echo: string | undefined; reason: string };

/** Checks one message in Postmark's order; the first fault found is the one reported. */
export function checkEmail(provider: Provider, item: unknown, isTest: boolean): EmailCheck {
  const fields = readFields(item);
  if (Array.isArray(fields)) return refused({ code: 403, message: wrongFields(fields) });
  const submission = toSubmission(provider, fields);
  const fault =
    envelopeFault(provider, fields, submission, isTest) ??
    bodyFault(fields) ??
    sizeFault(fields, submission) ??
    (isTest ? null : rules.accountFault(provider, submission));
  return fault ? refused(fault) : { kind: 'fine', submission, echo: fields.To };
}

export function refused({ code, message }: rules.RuleFault): EmailCheck {
  return { kind: 'refused', refusal: refusal(code, message) };
}

/** What is wrong with where a message comes from and goes to. */
export function envelopeFault(
  provider: Provider,
  fields: EmailFields,
  submission: Submission,
  isTest: boolean,
): rules.RuleFault | null {
  return (
    rules.streamFault(provider, submission.stream) ??
    fromFault(fields, submission) ??
    (isTest ? null : rules.signatureFault(provider, submission.from)) ??
    recipientsFault(submission) ??
    replyToFault(fields)
  );
}

/** What is too long, too big or not allowed in a message. */
export function sizeFault(fields: EmailFields, submission: Submission): rules.RuleFault | null {
  return (
    rules.lengthFault(submission) ??
    rules.metadataFault(submission.metadata) ??
    headersFault(fields) ??
    rules.attachmentFault(submission.attachments) ??
    contentFault(fields)
  );
}

export function toSubmission(provider: Provider, fields: EmailFields): Submission {
  const wanted = fields.MessageStream || 'outbound';
  const stream = provider.streams.get(wanted)?.id ?? wanted;
  const [to, cc, bcc] = [fields.To, fields.Cc, fields.Bcc].map(list => readMailboxes(list ?? ''));
  const people = { to: to ?? [], cc: cc ?? [], bcc: bcc ?? [] };
  const emails = [...people.to, ...people.cc, ...people.bcc].map(({ Email }) => Email);
  const askedBounce = fields.Headers.find(({ Name }) => Name.toLowerCase() === 'x-pm-bounce-type')?.Value;
  return {
    via: 'rest',
    stream,
    // With several senders the first one counts.
    from: readMailboxes(fields.From ?? '')[0] ?? { Email: '', Name: '' },
    ...people,
    inactive: provider.suppressions.inactive(stream, emails),
    subject: fields.Subject ?? '',
    tag: fields.Tag ?? '',
    metadata: fields.Metadata,
    trackOpens: fields.TrackOpens,
    trackLinks: fields.TrackLinks ?? provider.server.TrackLinks,
    attachments: fields.Attachments.map(({ name }) => name),
    ...(askedBounce === undefined ? {} : { askedBounce }),
    source: {
      kind: 'fields',
      html: fields.HtmlBody ?? '',
      text: fields.TextBody ?? '',
      headers: withReplyTo(fields),
      attachments: fields.Attachments,
    },
  };
}

function withReplyTo({ Headers, ReplyTo }: EmailFields): EmailFields['Headers'] {
  return ReplyTo ? [{ Name: 'Reply-To', Value: ReplyTo }, ...Headers] : Headers;
}

export function fromFault(fields: EmailFields, { from }: Submission): rules.RuleFault | null {
  if (from.Email === '') return rules.invalid("Invalid 'From' value.");
  if (addressFault('From', from.Email)) return rules.invalid(`Invalid 'From' address: '${from.Email}'.`);
  const length = fields.From?.length ?? 0;
  return length > 255 ? rules.invalid("Invalid 'From' value. It is limited to 255 characters.") : null;
}

/** Of most messages To, Cc and Bcc together are counted, of those in a bulk request each of them. */
export function recipientsFault(
  { to, cc, bcc }: Submission,
  counted: 'together' | 'each' = 'together',
): rules.RuleFault | null {
  if (to.length + cc.length + bcc.length === 0) return rules.invalid('Zero recipients specified');
  const fault = firstAddressFault('To', to) ?? firstAddressFault('Cc', cc) ?? firstAddressFault('Bcc', bcc);
  if (fault !== null) return rules.invalid(fault);
  const counts = [to.length, cc.length, bcc.length];
  return counted === 'each'
    ? rules.recipientCountFault(Math.max(...counts), 'each of To, Cc and Bcc')
    : rules.recipientCountFault(counts.reduce((sum, count) => sum + count));
}

function replyToFault({ ReplyTo = '' }: EmailFields): rules.RuleFault | null {
  const fault = firstAddressFault('ReplyTo', readMailboxes(ReplyTo));
  return fault === null ? null : rules.invalid(fault);
}

function firstAddressFault(field: string, mailboxes: readonly Mailbox[]): string | null {
  for (const { Email } of mailboxes) {
    const fault = addressFault(field, Email);
    if (fault) return fault;
  }
  return null;
}

export function bodyFault({ HtmlBody, TextBody }: EmailFields): rules.RuleFault | null {
  return HtmlBody || TextBody ? null : rules.NO_BODY;
}

function contentFault({ HtmlBody = '', TextBody = '', Attachments }: EmailFields): rules.RuleFault | null {
  const attached = Attachments.reduce((sum, { content }) => sum + content.length, 0);
  return (
    rules.bodySizeFault('HtmlBody', HtmlBody) ??
    rules.bodySizeFault('TextBody', TextBody) ??
    rules.messageSizeFault(Buffer.byteLength(HtmlBody) + Buffer.byteLength(TextBody) + attached) ??
    unnamedFault(Attachments) ??
    base64Fault(Attachments)
  );
}

function unnamedFault(attachments: EmailFields['Attachments']): rules.RuleFault | null {
  return attachments.some(({ name }) => name.trim() === '')
    ? rules.invalid("An attachment has no 'Name'.")
    : null;
}

function base64Fault(attachments: EmailFields['Attachments']): rules.RuleFault | null {
  const broken = attachments.find(({ content }) => !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(content));
  return broken ? rules.invalid(`The content of attachment '${broken.name}' is not valid base64.`) : null;
}

export function headersFault({ Headers }: EmailFields): rules.RuleFault | null {
  const broken = Headers.find(
    ({ Name, Value }) => !/^[\x21-\x39\x3b-\x7e]+$/.test(Name) || /[\r\n]/.test(Value),
  );
  return broken ? rules.invalid(`Invalid header '${broken.Name.replace(/[\r\n]/g, ' ')}'.`) : null;
}
