import { MalformedEvent, type ProviderEvent } from '../event.ts';
import { attemptKey, testTag } from '../transport.ts';
import {
  bounce,
  click,
  delivery,
  open,
  type Payload,
  type Reader,
  subscriptionChange,
} from './event-readers.ts';

const readers: Record<string, Reader> = {
  Delivery: delivery,
  Bounce: bounce,
  SpamComplaint: bounce,
  Open: open,
  Click: click,
  SubscriptionChange: subscriptionChange,
};

/**
 * Normalises one event of Postmark: a webhook body, or a row of the bounce API, which has the same fields.
 * A RecordType we do not know becomes an event of kind `other`; a known one with missing fields throws
 * {@link MalformedEvent}.
 */
export function readEvent(payload: unknown, receivedAt: Date): ProviderEvent {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    throw new MalformedEvent('The body is not a JSON object.');
  }
  const recordType = (payload as { RecordType?: unknown }).RecordType;
  if (typeof recordType !== 'string') throw new MalformedEvent('The body has no RecordType.');
  const reader = Object.hasOwn(readers, recordType) ? readers[recordType] : undefined;
  if (!reader) return unknownEvent(payload, recordType, receivedAt);

  const { error, value } = reader.schema.validate(payload, { allowUnknown: true, convert: true });
  if (error)
    throw new MalformedEvent(
      `${recordType}: ${String(error.details[0]?.path.join('.'))} is missing or wrong.`,
    );
  const reading = reader.read(value as never);
  return {
    ...reading,
    recipient: reading.recipient.toLowerCase(),
    suppresses: reading.suppresses ?? null,
    details: shortened(reading.details),
    attemptId: attemptIdIn(value.Metadata),
    providerMessageId: messageIdIn(value.MessageID),
    stream: value.MessageStream || 'outbound',
    ...(value.Tag === testTag && { isTest: true }),
    // A webhook set to include the content posts the whole mail; that is not ours to keep twice.
    raw: JSON.stringify({ ...payload, Content: undefined }),
  };
}

function unknownEvent(payload: object, recordType: string, receivedAt: Date): ProviderEvent {
  const raw = JSON.stringify(payload);
  return {
    kind: 'other',
    fact: `other ${raw}`,
    attemptId: null,
    providerMessageId: null,
    stream: null,
    recipient: null,
    occurredAt: receivedAt,
    suppresses: null,
    details: { recordType: recordType.slice(0, 64) },
    raw,
  };
}

/** Our attempt id among a message's metadata, or null. SMTP loses the case of keys. */
export function attemptIdIn(metadata: Payload['Metadata']): string | null {
  const [, id] = Object.entries(metadata ?? {}).find(([key]) => key.toLowerCase() === attemptKey) ?? [];
  return typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id) ? id : null;
}

// Changes made by a customer or administrator carry null or an all-zero id.
function messageIdIn(id: string | null | undefined): string | null {
  return id && /[1-9a-f]/i.test(id) && /^[!-~]{1,64}$/.test(id) ? id : null;
}

// Remote servers and links can be long-winded; the whole of it is in `raw`.
function shortened(details: ProviderEvent['details']): ProviderEvent['details'] {
  const entries = Object.entries(details);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, 2000) : value]),
  );
}
