import { namedBounceType } from '../delivery/bounce-types.ts';
import { bounced } from '../delivery/events.ts';
import { accept, acceptRefused, type Submission } from '../messages/accept.ts';
import { addressFault } from '../messages/addresses.ts';
import * as rules from '../messages/rules.ts';
import { allInactive, tooManyInactive } from '../rest/sending/email.ts';
import type { Provider } from '../state/provider.ts';
import { headersEnd } from './headers.ts';
import { toSubmission } from './submission.ts';
import { measureTexts } from './text-parts.ts';

const LARGEST = 10 * 1024 * 1024;

/** Null once the message was taken; else why it is refused at its final dot. */
export type Taken = rules.RuleFault | null;

/**
 * Takes one SMTP message. Whatever breaks a rule is taken all the same and comes back as an SMTPApiError bounce;
 * only metadata with an over-long value vanishes without trace.
 */
export function takeMessage(
  provider: Provider,
  raw: Buffer,
  rcptTo: readonly string[],
  fixedStream: string | null,
): Taken {
  const submission = toSubmission(provider, raw, rcptTo, fixedStream);
  if (isLost(provider, submission)) {
    provider.lost += 1;
    return null;
  }
  const fault = sizeFault(raw) ?? firstFault(provider, submission, rcptTo) ?? bodyFault(raw);
  if (fault && provider.settings.variants.smtpFault === 'refused') return fault;
  if (fault) bounce(provider, submission, rcptTo, fault);
  else accept(provider, submission);
  return null;
}

function isLost({ settings }: Provider, { metadata }: Submission): boolean {
  return (
    settings.variants.smtpLongMetadata === 'lost' && Object.values(metadata).some(value => value.length > 80)
  );
}

function firstFault(
  provider: Provider,
  submission: Submission,
  rcptTo: readonly string[],
): rules.RuleFault | null {
  return (
    rules.streamFault(provider, submission.stream) ??
    fromFault(submission) ??
    rules.signatureFault(provider, submission.from) ??
    recipientFault(rcptTo) ??
    rules.recipientCountFault(rcptTo.length) ??
    rules.lengthFault(submission) ??
    rules.metadataFault(submission.metadata) ??
    rules.attachmentFault(submission.attachments) ??
    rules.accountFault(provider, submission) ??
    inactiveFault(provider, submission)
  );
}

/** Measured as it came, files in base64. */
function sizeFault(raw: Buffer): rules.RuleFault | null {
  return raw.length > LARGEST
    ? rules.invalid('The message is too large: with its files it may have no more than 10 MB.')
    : null;
}

function bodyFault(raw: Buffer): rules.RuleFault | null {
  if (isEmpty(raw)) return rules.NO_BODY;
  const texts = raw.length > rules.LARGEST_BODY ? measureTexts(raw) : [];
  const large = texts.find(({ bytes }) => bytes > rules.LARGEST_BODY);
  return large ? rules.bodyTooLarge(large.kind === 'html' ? 'HtmlBody' : 'TextBody') : null;
}

/** A body of nothing but white space is none. */
function isEmpty(raw: Buffer): boolean {
  for (let at = headersEnd(raw); at < raw.length; at += 1) if ((raw[at] ?? 0) > 0x20) return false;
  return true;
}

function recipientFault(rcptTo: readonly string[]): rules.RuleFault | null {
  for (const email of rcptTo) {
    const fault = addressFault('To', email);
    if (fault !== null) return rules.invalid(fault);
  }
  return null;
}

function fromFault({ from }: Submission): rules.RuleFault | null {
  const fault = from.Email === '' ? "Invalid 'From' value." : addressFault('From', from.Email);
  return fault === null ? null : rules.invalid(fault);
}

function inactiveFault(provider: Provider, submission: Submission): rules.RuleFault | null {
  return tooManyInactive(provider, submission)
    ? { code: 406, message: allInactive(submission.inactive, 'single') }
    : null;
}

function bounce(
  provider: Provider,
  submission: Submission,
  rcptTo: readonly string[],
  fault: rules.RuleFault,
): void {
  const type = namedBounceType('SMTPApiError');
  // A stream that does not exist cannot list the bounce.
  const stream = provider.streams.get(submission.stream) ? submission.stream : 'outbound';
  const message = acceptRefused(provider, { ...submission, stream, inactive: [] });
  const details = `Error ${fault.code}: ${fault.message}`;
  const concerned = fault.code === 406 ? rcptTo : rcptTo.slice(0, 1);
  for (const email of concerned) bounced(provider, message, email, type, details);
}
