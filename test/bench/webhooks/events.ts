import { v7 as newId } from 'uuid';
import { connect } from '../../../db/connect.ts';
import { utc } from '../../../server/mail/shared/time.ts';

/** A message that was handed over, as its events name it. */
export interface SentMessage {
  id: string;
  attemptId: string;
  providerMessageId: string;
  recipient: string;
}

const begin = Date.parse('2026-05-04T09:00:00Z');
const sentAt = utc(new Date(begin));

/** Stores messages that wait for their reports. */
export async function storeMessages(databaseUrl: string, count: number): Promise<SentMessage[]> {
  const db = connect(databaseUrl, { poolSize: 1 });
  try {
    const messages = Array.from({ length: count }, (): SentMessage => {
      const id = newId();
      return { id, attemptId: newId(), providerMessageId: newId(), recipient: `${id}@mail.example` };
    });
    for (let from = 0; from < count; from += 500) {
      const page = messages.slice(from, from + 500);
      await db('postlane_messages').insert(page.map(messageRow));
      await db('postlane_attempts').insert(page.map(attemptRow));
    }
    return messages;
  } finally {
    await db.destroy();
  }
}

function messageRow({ id, recipient }: SentMessage) {
  const route = {
    lane: 'transactional',
    category: 'security',
    stream: 'outbound',
    transport: 'postmark-api',
  };
  return {
    ...{ id, recipient, ...route, state: 'sent', bucket: 1, policy_version: 1, attempt_count: 1 },
    ...{ created_at: sentAt, sent_at: sentAt },
  };
}

function attemptRow({ id, attemptId, providerMessageId }: SentMessage) {
  return {
    ...{
      id: attemptId,
      message_id: id,
      number: 1,
      stream: 'outbound',
      transport: 'postmark-api',
      outcome: 'accepted',
    },
    ...{ provider_message_id: providerMessageId, created_at: sentAt, handed_at: sentAt, settled_at: sentAt },
  };
}

/** Event `n` of a usual day: of a hundred, 76 deliveries, 17 opens, 5 clicks and 2 mailboxes that are gone. */
export function usualEvent(message: SentMessage, n: number): object {
  const part = (n * 37) % 100;
  if (part < 76) return delivery(message, n);
  if (part < 93) return seen(message, n, 'Open');
  if (part < 98) return seen(message, n, 'Click');
  return bounce(message, n, 'HardBounce');
}

/** All that happens to a message with this number: facts that contradict each other, tie and come out of order. */
export function storm(message: SentMessage, n: number): object[] {
  const at = (step: number) => n * 100 + step;
  return [
    delivery(message, at(3)),
    delivery(message, at(2)),
    seen(message, at(6), 'Open'),
    seen(message, at(4), 'Open'),
    seen(message, at(8), 'Click'),
    seen(message, at(7), 'Click'),
    bounce(message, at(1), 'SoftBounce'),
    bounce(message, at(1) + 0.5, 'Transient'),
    ...(n % 10 === 0 ? [bounce(message, at(9), 'HardBounce')] : [delivery(message, at(5))]),
    ...(n % 20 === 0 ? [bounce(message, at(10), 'SpamComplaint')] : [seen(message, at(9), 'Open')]),
  ];
}

const agent =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';

function base({ attemptId, providerMessageId }: SentMessage) {
  return {
    ...{ MessageStream: 'outbound', ServerID: 77, Tag: 'receipt', MessageID: providerMessageId },
    Metadata: { 'postlane-attempt': attemptId },
  };
}

function delivery(message: SentMessage, n: number) {
  const DeliveredAt = moment(n);
  return {
    RecordType: 'Delivery',
    ...base(message),
    Recipient: message.recipient,
    DeliveredAt,
    Details: 'smtp;250 2.0.0 OK',
  };
}

function seen(message: SentMessage, n: number, RecordType: 'Open' | 'Click') {
  return {
    ...{
      RecordType,
      ...base(message),
      Recipient: message.recipient,
      ReceivedAt: moment(n),
      Platform: 'Desktop',
    },
    ...{ FirstOpen: true, UserAgent: agent, OriginalLink: `https://corner.example/orders/${n}` },
    Client: { Name: 'Chrome', Company: 'Google', Family: 'Chrome' },
    OS: { Name: 'OS X', Company: 'Apple', Family: 'OS X' },
    Geo: { CountryISOCode: 'NL', Country: 'Netherlands', City: 'Utrecht', IP: '192.0.2.1' },
  };
}

function bounce(message: SentMessage, n: number, Type: string) {
  return {
    ...{
      RecordType: Type === 'SpamComplaint' ? Type : 'Bounce',
      ...base(message),
      ID: `${Type} ${message.id} ${n}`,
      Type,
    },
    ...{
      TypeCode: 1,
      Name: Type,
      Email: message.recipient,
      From: 'shop@sender.example',
      BouncedAt: moment(Math.floor(n)),
    },
    ...{
      Inactive: Type === 'HardBounce' || Type === 'SpamComplaint',
      CanActivate: true,
      DumpAvailable: true,
    },
    ...{
      Description: 'The server was unable to deliver your message.',
      Details: 'smtp;550 5.1.1 no such user',
      Subject: 'Receipt',
    },
  };
}

function moment(n: number): string {
  return new Date(begin + n).toISOString();
}

/** What became of messages, one text each, in their order; without what only tells which message it is. */
export async function rowsOf(databaseUrl: string, messages: readonly SentMessage[]): Promise<string[]> {
  const db = connect(databaseUrl, { poolSize: 1 });
  try {
    const rows = new Map<string, string>();
    for (let from = 0; from < messages.length; from += 1000) {
      const ids = messages.slice(from, from + 1000).map(({ id }) => id);
      for (const { id, recipient: _, created_at: __, ...row } of await db('postlane_messages').whereIn(
        'id',
        ids,
      ))
        rows.set(id, JSON.stringify(row));
    }
    return messages.map(({ id }) => rows.get(id) ?? '');
  } finally {
    await db.destroy();
  }
}
