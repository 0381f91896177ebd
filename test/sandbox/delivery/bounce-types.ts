import type { SuppressionOrigin, SuppressionReason } from '../store/suppressions.ts';

/** What a bounce of this type does to the address on the stream; null: nothing. */
export type Suppressing = { reason: SuppressionReason; origin: SuppressionOrigin } | null;

/** One kind of bounce as the API reports it. */
export interface BounceType {
  type: string;
  code: number;
  name: string;
  description: string;
  suppression: Suppressing;
}

const row = (
  type: string,
  code: number,
  name: string,
  description: string,
  suppression: Suppressing = null,
): BounceType => ({ type, code, name, description, suppression });

const GONE: Suppressing = { reason: 'HardBounce', origin: 'Recipient' };
const COMPLAINED: Suppressing = { reason: 'SpamComplaint', origin: 'Recipient' };
const TAKEN_OFF: Suppressing = { reason: 'ManualSuppression', origin: 'Customer' };

/** Every bounce type of the reference; the descriptions are our own words. */
export const BOUNCE_TYPES: readonly BounceType[] = [
  row('HardBounce', 1, 'Hard bounce', 'The mailbox does not exist; mail to it will never arrive.', GONE),
  row('Transient', 2, 'Message delayed/Undeliverable', 'Delivery was delayed and may still succeed.'),
  row('Unsubscribe', 16, 'Unsubscribe request', 'The reply asks to be taken off the list.'),
  row('Subscribe', 32, 'Subscribe request', 'The reply asks to be put on the list.'),
  row('AutoResponder', 64, 'Auto responder', 'An automatic answer, such as an out of office note.'),
  row('AddressChange', 128, 'Address change', 'The recipient announces a new address.'),
  row('DnsError', 256, 'DNS error', 'The domain could not be looked up for the moment.'),
  row('SpamNotification', 512, 'Spam notification', 'The message was filtered or its content refused.'),
  row('OpenRelayTest', 1024, 'Open relay test', 'The report is a probe for open relays.'),
  row('Unknown', 2048, 'Unknown', 'The report could not be classified.'),
  row('SoftBounce', 4096, 'Soft bounce', 'The mailbox is full, over quota or disabled for now.'),
  row('VirusNotification', 8192, 'Virus notification', 'The receiver warns of an infected message.'),
  row(
    'ChallengeVerification',
    16384,
    'Spam challenge verification',
    'The receiver asks the sender to prove itself.',
  ),
  row('BadEmailAddress', 100000, 'Invalid email address', 'The address is not a valid one.'),
  row('SpamComplaint', 100001, 'Spam complaint', 'The recipient marked the message as spam.', COMPLAINED),
  row(
    'ManuallyDeactivated',
    100002,
    'Manually deactivated',
    'The address was deactivated by the sender.',
    TAKEN_OFF,
  ),
  row('Unconfirmed', 100003, 'Registration not confirmed', 'The subscription was never confirmed.'),
  row('Blocked', 100006, 'ISP block', 'The receiver blocks this sender or content.'),
  row(
    'SMTPApiError',
    100007,
    'SMTP API error',
    'A message handed over by SMTP was refused after acceptance.',
  ),
  row('InboundError', 100008, 'Processing failed', 'An inbound message could not be handed to its hook.'),
  row('DMARCPolicy', 100009, 'DMARC Policy', 'The receiver refused the message under the DMARC policy.'),
  row('TemplateRenderingFailed', 100010, 'Template rendering failed', 'The template could not be rendered.'),
];

const BY_NAME = new Map(BOUNCE_TYPES.map(entry => [squeeze(entry.type), entry]));

/** A bounce type by its name, in camel or snake case and any letter case. */
export function bounceType(name: string): BounceType | undefined {
  return BY_NAME.get(squeeze(name));
}

type NamedType = 'HardBounce' | 'SpamComplaint' | 'SMTPApiError' | 'InboundError' | 'TemplateRenderingFailed';

/** A bounce type that is known to be in the table. */
export function namedBounceType(name: NamedType): BounceType {
  const found = bounceType(name);
  if (!found) throw new Error(`The table of bounce types has no ${name}.`);
  return found;
}

/** What the bounce generator makes of a name: complaints and unknown names become hard bounces. */
export function generatedBounceType(name: string): BounceType {
  const found = bounceType(name);
  return found && found.type !== 'SpamComplaint' ? found : namedBounceType('HardBounce');
}

function squeeze(name: string): string {
  return name.replace(/[_-]/g, '').toLowerCase();
}
