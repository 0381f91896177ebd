import { type BounceType, namedBounceType } from './bounce-types.ts';
import { noteEvent } from './message-events.ts';
import type { Provider } from './provider.ts';
import type { Bounce } from './store/bounces.ts';
import type { CapturedMessage } from './store/messages.ts';
import { suppressRecipient } from './suppressing.ts';
import * as payloads from './webhooks/payloads.ts';

/** The receiving server took the message. */
export function delivered(
  provider: Provider,
  message: CapturedMessage,
  email: string,
  details: string,
): void {
  const event = noteEvent(message, email, 'Delivered', {
    DeliveryMessage: details,
    DestinationServer: 'mx.sandbox.invalid',
    DestinationIP: '127.0.0.1',
  });
  provider.webhooks.post('Delivery', payloads.delivery(message, event, details));
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
  const { EnableSmtpApiErrorHooks, IncludeBounceContentInHook } = provider.server;
  if (type.type !== 'SMTPApiError' || EnableSmtpApiErrorHooks) {
    provider.webhooks.post('Bounce', payloads.bounce(message, bounce, IncludeBounceContentInHook));
  }
  if (type.suppression) {
    suppressRecipient(provider, message, email, type.suppression.reason, type.suppression.origin);
  }
}

/** The recipient pressed the spam button. */
export function complained(provider: Provider, message: CapturedMessage, email: string): void {
  const type = namedBounceType('SpamComplaint');
  const bounce = recordBounce(provider, message, email, type, 'Feedback loop report.');
  const { IncludeBounceContentInHook } = provider.server;
  provider.webhooks.post('SpamComplaint', payloads.complaint(message, bounce, IncludeBounceContentInHook));
  suppressRecipient(provider, message, email, 'SpamComplaint', 'Recipient');
}

/** The recipient's mail program loaded the pixel. */
export function opened(provider: Provider, message: CapturedMessage, email: string): void {
  const first = !message.events.some(event => event.type === 'Opened' && event.recipient === email);
  const event = noteEvent(message, email, 'Opened', { Summary: 'Email opened with Sandbox Browser' });
  if (first || !provider.server.PostFirstOpenOnly) {
    provider.webhooks.post('Open', payloads.open(message, event, first));
  }
}

/** The recipient followed a link; only the first time is worth an event. */
export function clicked(provider: Provider, message: CapturedMessage, email: string, link: string): void {
  const seen = message.events.some(
    event => event.type === 'LinkClicked' && event.recipient === email && event.details.Link === link,
  );
  if (seen) return;
  const event = noteEvent(message, email, 'LinkClicked', {
    Summary: 'Link clicked with Sandbox Browser',
    Link: link,
    ClickLocation: 'HTML',
  });
  provider.webhooks.post('Click', payloads.click(message, event, link));
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
    bouncedAt: Date.now(),
    inactive: type.suppression !== null,
    canActivate: type.suppression !== null && type.type !== 'SpamComplaint',
  });
  noteEvent(message, email, 'Bounced', { Summary: details, BounceID: String(bounce.id) }, bounce.bouncedAt);
  return bounce;
}

function bareAddress(from: string): string {
  return /<([^>]*)>$/.exec(from)?.[1] ?? from;
}
