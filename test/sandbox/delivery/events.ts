import { noteEvent } from '../messages/message-events.ts';
import type { Provider } from '../state/provider.ts';
import type { Bounce } from '../store/bounces.ts';
import type { CapturedMessage } from '../store/messages.ts';
import type { TrackingEvent } from '../store/tracking-events.ts';
import * as payloads from '../webhooks/payloads.ts';
import { type BounceType, namedBounceType } from './bounce-types.ts';
import { suppressRecipient } from './suppress.ts';
import { SANDBOX_VISITOR, type Visitor } from './visitors.ts';

/** The receiving server took the message. */
export function delivered(
  provider: Provider,
  message: CapturedMessage,
  email: string,
  details: string,
): void {
  const event = noteEvent(message, email, 'Delivered', provider.clock.now(), deliveryDetails(details));
  provider.webhooks.post('Delivery', payloads.delivery(provider.server.ID, message, event, details));
}

const MOST_KNOWN = 1000;
const knownDetails = new Map<string, Record<string, string>>();

/** One object for all deliveries with the same answer: they are by far the most frequent events. */
function deliveryDetails(answer: string): Record<string, string> {
  const known = knownDetails.get(answer);
  if (known) return known;
  if (knownDetails.size >= MOST_KNOWN) knownDetails.clear();
  const details = {
    DeliveryMessage: answer,
    DestinationServer: 'mx.sandbox.invalid',
    DestinationIP: '127.0.0.1',
  };
  knownDetails.set(answer, details);
  return details;
}

/** The message came back. A type that deactivates puts the address on the stream's suppression list. */
export function bounced(
  provider: Provider,
  message: CapturedMessage,
  email: string,
  type: BounceType,
  details: string,
): void {
  const bounce = recordBounce(provider, message, email, type, details);
  if (type.type !== 'SMTPApiError' || provider.server.EnableSmtpApiErrorHooks) {
    provider.webhooks.post('Bounce', payloads.bounce(provider.server.ID, message, bounce));
  }
  if (type.suppression) {
    suppressRecipient(provider, message, email, type.suppression.reason, type.suppression.origin);
  }
}

/** The recipient pressed the spam button. */
export function complained(provider: Provider, message: CapturedMessage, email: string): void {
  const type = namedBounceType('SpamComplaint');
  const bounce = recordBounce(provider, message, email, type, 'Feedback loop report.');
  provider.webhooks.post('SpamComplaint', payloads.complaint(provider.server.ID, message, bounce));
  suppressRecipient(provider, message, email, 'SpamComplaint', 'Recipient');
}

/** The recipient's mail program loaded the pixel. That tracking was on is not asked for: the caller stages it. */
export function opened(
  provider: Provider,
  message: CapturedMessage,
  recipient: string,
  visitor: Partial<Visitor> = {},
): void {
  const at = provider.clock.now();
  const seen = { ...SANDBOX_VISITOR, ...visitor };
  const event = provider.opens.add({ message, recipient, at, visitor: seen, click: null });
  noteEvent(message, recipient, 'Opened', at, { Summary: `Email opened with ${seen.client.Family}` });
  provider.webhooks.post('Open', payloads.open(event));
}

/** The recipient followed a link; only the first time is worth an event. */
export function clicked(
  provider: Provider,
  message: CapturedMessage,
  recipient: string,
  click: NonNullable<TrackingEvent['click']>,
  visitor: Partial<Visitor> = {},
): void {
  const at = provider.clock.now();
  const seen = { ...SANDBOX_VISITOR, ...visitor };
  const event = provider.clicks.add({ message, recipient, at, visitor: seen, click });
  if (!event.isFirst) return;
  noteEvent(message, recipient, 'LinkClicked', at, {
    Summary: `Link clicked with ${seen.client.Family}`,
    Link: click.link,
    ClickLocation: click.location,
  });
  provider.webhooks.post('Click', payloads.click(event));
}

function recordBounce(
  provider: Provider,
  message: CapturedMessage,
  email: string,
  type: BounceType,
  details: string,
): Bounce {
  const bounce = provider.bounces.add({
    type,
    messageId: message.id,
    stream: message.stream,
    email,
    from: bareAddress(message.from),
    subject: message.subject,
    tag: message.tag,
    details,
    content: `The sandbox staged this report.\r\n\r\n${details}\r\n`,
    bouncedAt: provider.clock.now(),
    inactive: type.suppression !== null,
    canActivate: type.suppression !== null && type.type !== 'SpamComplaint',
  });
  if (type.type === 'Transient') {
    noteEvent(message, email, 'Transient', bounce.bouncedAt, deliveryDetails(details));
  } else {
    noteEvent(message, email, 'Bounced', bounce.bouncedAt, { Summary: details, BounceID: String(bounce.id) });
  }
  return bounce;
}

function bareAddress(from: string): string {
  return /<([^>]*)>$/.exec(from)?.[1] ?? from;
}
