import { SERVER_ID } from '../server-object.ts';
import type { Bounce } from '../store/bounces.ts';
import type { CapturedMessage, MessageEvent } from '../store/messages.ts';
import type { Suppression } from '../store/suppressions.ts';
import { stamp } from '../timestamps.ts';

/** What a webhook posts: plain JSON. */
export type Payload = Record<string, unknown>;

export type RecordType = 'Delivery' | 'Bounce' | 'SpamComplaint' | 'Open' | 'Click' | 'SubscriptionChange';

const CLIENT = { Name: 'Sandbox Browser 1.0', Company: 'Postlane', Family: 'Sandbox Browser' };
const SYSTEM = { Name: 'Sandbox OS 1', Company: 'Postlane', Family: 'Sandbox OS' };
const USER_AGENT = 'SandboxBrowser/1.0';
const GEO = {
  CountryISOCode: 'NL',
  Country: 'Netherlands',
  RegionISOCode: 'UT',
  Region: 'Utrecht',
  City: 'Utrecht',
  Zip: '3511',
  Coords: '52.09,5.12',
  IP: '192.0.2.8',
};

export function delivery(message: CapturedMessage, event: MessageEvent, details: string): Payload {
  return {
    RecordType: 'Delivery',
    MessageStream: message.stream,
    ServerID: SERVER_ID,
    MessageID: message.id,
    Recipient: event.recipient,
    Tag: message.tag,
    DeliveredAt: stamp(event.at),
    Details: details,
    Metadata: message.metadata,
  };
}

export function bounce(message: CapturedMessage, row: Bounce, withContent: boolean): Payload {
  return report('Bounce', message, row, withContent);
}

export function complaint(message: CapturedMessage, row: Bounce, withContent: boolean): Payload {
  return report('SpamComplaint', message, row, withContent);
}

function report(
  recordType: RecordType,
  message: CapturedMessage,
  row: Bounce,
  withContent: boolean,
): Payload {
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
    ServerID: SERVER_ID,
    Description: row.type.description,
    Details: row.details,
    Email: row.email,
    From: row.from,
    BouncedAt: stamp(row.bouncedAt),
    DumpAvailable: true,
    Inactive: row.inactive,
    CanActivate: row.canActivate,
    Subject: row.subject,
    ...(withContent ? { Content: row.content } : {}),
  };
}

export function open(message: CapturedMessage, event: MessageEvent, firstOpen: boolean): Payload {
  return {
    RecordType: 'Open',
    MessageStream: message.stream,
    FirstOpen: firstOpen,
    Client: CLIENT,
    OS: SYSTEM,
    Platform: 'Desktop',
    UserAgent: USER_AGENT,
    ReadSeconds: 4,
    Geo: GEO,
    MessageID: message.id,
    Metadata: message.metadata,
    ReceivedAt: stamp(event.at),
    Tag: message.tag,
    Recipient: event.recipient,
  };
}

export function click(message: CapturedMessage, event: MessageEvent, link: string): Payload {
  return {
    RecordType: 'Click',
    MessageStream: message.stream,
    ClickLocation: 'HTML',
    Client: CLIENT,
    OS: SYSTEM,
    Platform: 'Desktop',
    UserAgent: USER_AGENT,
    OriginalLink: link,
    Geo: GEO,
    MessageID: message.id,
    Metadata: message.metadata,
    ReceivedAt: stamp(event.at),
    Tag: message.tag,
    Recipient: event.recipient,
  };
}

/** An address went on a suppression list. */
export function suppressed(stream: string, entry: Suppression, message?: CapturedMessage): Payload {
  return {
    RecordType: 'SubscriptionChange',
    MessageID: message?.id ?? null,
    ServerID: SERVER_ID,
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
export function reactivated(stream: string, email: string, at: number): Payload {
  return {
    RecordType: 'SubscriptionChange',
    MessageID: null,
    ServerID: SERVER_ID,
    MessageStream: stream,
    ChangedAt: stamp(at),
    Recipient: email,
    Origin: 'Customer',
    SuppressSending: false,
    SuppressionReason: null,
    Tag: null,
    Metadata: {},
  };
}
