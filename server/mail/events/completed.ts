import type { Db } from '../../../db/connect.ts';
import type { ProviderEvent } from '../providers/event.ts';
import { addressKey } from '../shared/address.ts';
import { addresseesOf, type ReportedMessage } from './matching-store.ts';

/**
 * An event with what it left out and its message tells: the stream, and the recipient where the message went to one person
 * alone.
 */
export async function completed(
  db: Db,
  event: ProviderEvent,
  message: ReportedMessage | null,
): Promise<ProviderEvent> {
  const read = withKey(event);
  const { recipient } = read;
  if (!message || (recipient !== null && !event.isStreamAssumed)) return read;
  return {
    ...read,
    recipient: recipient ?? (isAboutOne(event) ? await onlyRecipient(db, message) : null),
    stream: event.isStreamAssumed ? message.stream : event.stream,
  };
}

/** What a column holds. A name in other letters is longer in the form in which addresses are compared. */
const longestAddress = 254;

function withKey(event: ProviderEvent): ProviderEvent {
  const key = event.recipient && addressKey(event.recipient);
  if (key !== null && key.length > longestAddress)
    return { ...event, recipient: null, faults: [...(event.faults ?? []), 'The address is too long'] };
  return key === event.recipient ? event : { ...event, recipient: key };
}

function isAboutOne({ kind }: ProviderEvent): boolean {
  return kind !== 'inbound' && kind !== 'unreadable';
}

async function onlyRecipient(db: Db, { id, recipient }: ReportedMessage): Promise<string | null> {
  const addressees = await addresseesOf(db, id);
  return addressees.length > 0 && addressees.every(one => addressKey(one) === recipient) ? recipient : null;
}
