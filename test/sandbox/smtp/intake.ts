import { accept, acceptRefused, type Submission } from '../accept.ts';
import { addressFault } from '../addresses.ts';
import { namedBounceType } from '../bounce-types.ts';
import { bounced } from '../effects.ts';
import type { Provider } from '../provider.ts';
import { allInactive } from '../rest/email.ts';
import * as rules from '../rules.ts';
import { toSubmission } from './submission.ts';

const LARGEST = 10 * 1024 * 1024;

/**
 * Takes one SMTP message. Whatever breaks a rule is taken all the same and comes back as an SMTPApiError bounce;
 * only metadata with an over-long value vanishes without trace.
 */
export function takeMessage(
  provider: Provider,
  raw: Buffer,
  rcptTo: readonly string[],
  fixedStream: string | null,
): void {
  const submission = toSubmission(provider, raw, rcptTo, fixedStream);
  if (Object.values(submission.metadata).some(value => value.length > 80)) {
    provider.lost += 1;
    return;
  }
  const fault = sizeFault(raw) ?? firstFault(provider, submission, rcptTo);
  if (fault) refuse(provider, submission, rcptTo, fault);
  else accept(provider, submission);
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
    rules.recipientCountFault(rcptTo.length) ??
    rules.lengthFault(submission) ??
    rules.metadataFault(submission.metadata) ??
    rules.attachmentFault(submission.attachments) ??
    inactiveFault(submission, rcptTo)
  );
}

/** Measured as it came, files in base64. */
function sizeFault(raw: Buffer): rules.RuleFault | null {
  return raw.length > LARGEST
    ? rules.invalid('The message is too large: with its files it may have no more than 10 MB.')
    : null;
}

function fromFault({ from }: Submission): rules.RuleFault | null {
  const fault = from.Email === '' ? "Invalid 'From' value." : addressFault('From', from.Email);
  return fault === null ? null : rules.invalid(fault);
}

function inactiveFault({ inactive }: Submission, rcptTo: readonly string[]): rules.RuleFault | null {
  const all = inactive.length > 0 && rcptTo.every(email => inactive.includes(email.toLowerCase()));
  return all ? { code: 406, message: allInactive(inactive, 'single') } : null;
}

function refuse(
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
