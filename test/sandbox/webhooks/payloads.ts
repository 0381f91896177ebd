import { stamp } from '../state/timestamps.ts';
import type { Bounce } from '../store/bounces.ts';
import type { CapturedMessage, MessageEvent } from '../store/messages.ts';
import type { Suppression, SuppressionOrigin } from '../store/suppressions.ts';
import type { TrackingEvent } from '../store/tracking-events.ts';

/** What a webhook posts: plain JSON. */
export type Payload = Record<string, unknown>;

export type RecordType = 'Delivery' | 'Bounce' | 'SpamComplaint' | 'Open' | 'Click' | 'SubscriptionChange';

export function delivery(
  serverId: number,
  message: CapturedMessage,
  event: MessageEvent,
  details: string,
): Payload {
  return {
    RecordType: 'Delivery',
    MessageStream: message.stream,
    ServerID: serverId,
    MessageID: message.id,
    Recipient: event.recipient,
    Tag: message.tag,
    DeliveredAt: stamp(event.at),
    Details: details,
    Metadata: message.metadata,
  };
}

export function bounce(serverId: number, message: CapturedMessage, row: Bounce): Payload {
  return report('Bounce', serverId, message, row);
}

export function complaint(serverId: number, message: CapturedMessage, row: Bounce): Payload {
  return report('SpamComplaint', serverId, message, row);
}

/** With the content of the report, which only goes to those who asked for it. */
function report(recordType: RecordType, serverId: number, message: CapturedMessage, row: Bounce): Payload {
  return {
    RecordType: recordType,
    MessageStream: row.stream,
    ID: row.id,
    Type: row.type.type,
    TypeCode: row.type.code,
    Name: row.type.name,
    Tag: row.tag,
    MessageID: row.messageId,
    Metadata: message.metadata,
    ServerID: serverId,
    Description: row.type.description,
    Details: row.details,
    Email: row.email,
    From: row.from,
    BouncedAt: stamp(row.bouncedAt),
    DumpAvailable: true,
    Inactive: row.inactive,
    CanActivate: row.canActivate,
    Subject: row.subject,
    Content: row.content,
  };
}

export function open(event: TrackingEvent): Payload {
  return { ...showOpen(event), FirstOpen: event.isFirst, Metadata: event.message.metadata };
}

export function click(event: TrackingEvent): Payload {
  return { ...showClick(event), Metadata: event.message.metadata };
}

/** An open as the Messages API lists it. */
export function showOpen(event: TrackingEvent): Payload {
  return { RecordType: 'Open', ...showEvent(event), ReadSeconds: event.visitor.readSeconds };
}

/** A click as the Messages API lists it. */
export function showClick(event: TrackingEvent): Payload {
  const { link = '', location = 'HTML' } = event.click ?? {};
  return { RecordType: 'Click', ...showEvent(event), ClickLocation: location, OriginalLink: link };
}

function showEvent({ message, recipient, at, visitor }: TrackingEvent): Payload {
  return {
    MessageStream: message.stream,
    Client: visitor.client,
    OS: visitor.os,
    Platform: visitor.platform,
    UserAgent: visitor.userAgent,
    Geo: visitor.geo,
    MessageID: message.id,
    ReceivedAt: stamp(at),
    Tag: message.tag,
    Recipient: recipient,
  };
}

/** An address went on a suppression list. */
export function suppressed(
  serverId: number,
  stream: string,
  entry: Suppression,
  message?: CapturedMessage,
): Payload {
  return {
    RecordType: 'SubscriptionChange',
    MessageID: message?.id ?? null,
    ServerID: serverId,
    MessageStream: stream,
    ChangedAt: stamp(entry.createdAt),
    Recipient: entry.email,
    Origin: entry.origin,
    SuppressSending: true,
    SuppressionReason: entry.reason,
    Tag: message?.tag ?? null,
    Metadata: message?.metadata ?? {},
  };
}

/** An address came off a suppression list. */
export function reactivated(
  serverId: number,
  stream: string,
  email: string,
  origin: SuppressionOrigin,
  at: number,
): Payload {
  return {
    RecordType: 'SubscriptionChange',
    MessageID: null,
    ServerID: serverId,
    MessageStream: stream,
    ChangedAt: stamp(at),
    Recipient: email,
    Origin: origin,
    SuppressSending: false,
    SuppressionReason: null,
    Tag: null,
    Metadata: {},
  };
}
