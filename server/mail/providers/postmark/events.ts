import { createHash } from 'node:crypto';
import { MalformedEvent, type PostedText, type ProviderEvent } from '../event.ts';
import { attemptKey, testTag } from '../transport.ts';
import {
  bounce,
  click,
  delivery,
  inbound,
  messageIdOf,
  messageIdPart,
  open,
  type Reader,
  subscriptionChange,
  unknown,
} from './event-readers.ts';
import { Fields, type Payload } from './fields.ts';
import { type Body, kept, parseBody } from './posted.ts';

const readers: Readonly<Record<string, Reader>> = {
  delivery,
  bounce,
  spamcomplaint: bounce,
  open,
  click,
  subscriptionchange: subscriptionChange,
};

/** A field that one kind of payload alone has, for one that does not say its RecordType. */
const telling: readonly [field: string, Reader][] = [
  // Inbound mail has no RecordType.
  ['FromFull', inbound],
  ['DeliveredAt', delivery],
  ['BouncedAt', bounce],
  ['SuppressSending', subscriptionChange],
  ['OriginalLink', click],
  ['FirstOpen', open],
];

/**
 * The event in a body that Postmark posted. Whatever can be read of it counts; what it lacks is among its `faults`. Throws
 * {@link MalformedEvent} for what is not JSON, and for nothing else.
 */
export function readPosted({ text, isReprinted = false }: PostedText, receivedAt: Date): ProviderEvent {
  const event = readBody(parseBody(text), receivedAt);
  return isReprinted ? { ...event, rawMarks: ['reprinted', ...(event.rawMarks ?? [])] } : event;
}

/** The same of a payload that has been parsed: a row of the bounce API has the fields of a webhook's body. */
export function readEvent(payload: object, receivedAt: Date): ProviderEvent {
  return readBody({ payload, text: JSON.stringify({ ...payload, Content: undefined }) }, receivedAt);
}

function readBody({ payload, text }: Body, receivedAt: Date): ProviderEvent {
  const { raw, marks } = kept(text);
  const fields = new Fields(isRecord(payload) ? payload : {}, receivedAt);
  const reader = isRecord(payload) ? readerOf(fields) : unknown;
  const reading = reader(fields);
  const { payload: record, faults } = fields;
  if (messageIdPart(fields) === null) fields.note('MessageID', 'cannot be read');
  if (!isRecord(record.Metadata ?? {})) fields.note('Metadata', 'cannot be read');
  const stream = streamOf(fields);
  const isStreamAssumed: boolean = stream === null && reader !== inbound && reader !== unknown;
  const serverId = serverIdOf(record);
  return {
    ...reading,
    fact: factIn(reading.fact, text),
    suppresses: reading.suppresses ?? null,
    details: shortened(reading.details),
    attemptId: attemptIdIn(record.Metadata),
    providerMessageId: messageIdOf(fields),
    stream: isStreamAssumed ? defaultStream : stream,
    raw,
    ...(isStreamAssumed && { isStreamAssumed: true as const }),
    ...(record.Tag === testTag && { isTest: true as const }),
    ...(serverId && { serverId }),
    ...(fields.isOfFuture && { isOfFuture: true as const }),
    ...(marks.length > 0 && { rawMarks: marks }),
    ...(faults.length > 0 && {
      faults: isRecord(payload) ? faults : ['The body is not an object that can be read'],
    }),
  };
}

const defaultStream = 'outbound';

function readerOf(fields: Fields): Reader {
  const type = fields.payload.RecordType;
  const name = typeof type === 'string' ? type.toLowerCase() : '';
  const found = Object.hasOwn(readers, name) ? readers[name] : undefined;
  if (found) return found;
  if (name !== '') return unknown;
  const [, told] = telling.find(([field]) => Object.hasOwn(fields.payload, field)) ?? [];
  if (told && told !== inbound) fields.note('RecordType', 'is missing');
  return told ?? unknown;
}

// Without what could not be read two facts could look like one: then the whole text tells them apart.
function factIn(parts: readonly (string | null)[], text: string): string {
  const said = parts.map(part => part ?? '?').join(' ');
  return parts.includes(null) ? `${said} ${createHash('sha256').update(text).digest('hex')}` : said;
}

/** The stream as Postmark calls it, or null. */
function streamOf(fields: Fields): string | null {
  const stream = fields.text('MessageStream');
  if (stream === null || /^[a-z0-9_-]{1,31}$/i.test(stream)) return stream;
  fields.note('MessageStream', 'cannot be read');
  return null;
}

function serverIdOf({ ServerID, ServerId }: Payload): string | null {
  const id = String(ServerID ?? ServerId ?? '');
  return /^\d{1,20}$/.test(id) ? id : null;
}

/** Our attempt id among a message's metadata, or null. SMTP loses the case of keys. */
export function attemptIdIn(metadata: unknown): string | null {
  if (!isRecord(metadata)) return null;
  const id = metadata[attemptKey] ?? valueOfAnyCase(metadata, attemptKey);
  return typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id) ? id : null;
}

function valueOfAnyCase(metadata: Payload, name: string): unknown {
  const [, value] = Object.entries(metadata).find(([key]) => key.toLowerCase() === name) ?? [];
  return value;
}

function isRecord(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// Remote servers and links can be long-winded; the whole of it is in `raw`.
function shortened(details: ProviderEvent['details']): ProviderEvent['details'] {
  const short = (value: unknown) => typeof value !== 'string' || value.length <= longestDetail;
  if (Object.values(details).every(short)) return details;
  const entries = Object.entries(details);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, longestDetail) : value]),
  );
}

const longestDetail = 2000;
