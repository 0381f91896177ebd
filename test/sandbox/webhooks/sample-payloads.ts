import { randomUUID } from 'node:crypto';
import { namedBounceType } from '../delivery/bounce-types.ts';
import { SANDBOX_VISITOR } from '../delivery/visitors.ts';
import type { Bounce } from '../store/bounces.ts';
import type { CapturedMessage } from '../store/messages.ts';
import type { TrackingEvent } from '../store/tracking-events.ts';
import type { Payload, RecordType } from './payloads.ts';
import * as payloads from './payloads.ts';

const RECIPIENT = 'probe@example.com';

/**
 * A valid-looking event that belongs to no message and suppresses nobody; what Postmark posts as a probe is not
 * documented.
 */
export function samplePayload(recordType: RecordType, serverId: number, stream: string, at: number): Payload {
  const message = sampleMessage(stream, at);
  const event = { recipient: RECIPIENT, type: 'Delivered', at, details: {} } as const;
  switch (recordType) {
    case 'Delivery':
      return payloads.delivery(serverId, message, event, 'Test delivery');
    case 'Bounce':
      return payloads.bounce(serverId, message, sampleBounce(message, 'HardBounce'));
    case 'SpamComplaint':
      return payloads.complaint(serverId, message, sampleBounce(message, 'SpamComplaint'));
    case 'Open':
      return payloads.open(sampleLook(message, null));
    case 'Click':
      return payloads.click(sampleLook(message, { link: 'https://example.com/', location: 'HTML' }));
    case 'SubscriptionChange':
      return payloads.reactivated(serverId, stream, RECIPIENT, 'Recipient', at);
  }
}

function sampleMessage(stream: string, at: number): CapturedMessage {
  return {
    id: randomUUID(),
    stream,
    via: 'rest',
    from: 'sender@example.com',
    to: [{ Email: RECIPIENT, Name: '' }],
    cc: [],
    bcc: [],
    recipients: [RECIPIENT],
    refused: false,
    subject: 'Test event',
    tag: 'test',
    metadata: { example: 'value' },
    receivedAt: at,
    status: 'Sent',
    trackOpens: true,
    trackLinks: 'None',
    attachments: [],
    events: [],
  };
}

function sampleLook(message: CapturedMessage, click: TrackingEvent['click']): TrackingEvent {
  return {
    message,
    recipient: RECIPIENT,
    at: message.receivedAt,
    isFirst: true,
    visitor: SANDBOX_VISITOR,
    click,
  };
}

function sampleBounce(message: CapturedMessage, name: 'HardBounce' | 'SpamComplaint'): Bounce {
  return {
    id: 42,
    type: namedBounceType(name),
    messageId: message.id,
    stream: message.stream,
    email: RECIPIENT,
    from: message.from,
    subject: message.subject,
    tag: message.tag,
    details: 'Test event',
    content: 'Test event',
    bouncedAt: message.receivedAt,
    inactive: false,
    canActivate: false,
  };
}
