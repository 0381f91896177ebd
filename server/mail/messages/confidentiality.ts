import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { type EventView, listEvents, readEvent, readRawEvent } from '../events/events-store.ts';
import { confidentialMessages } from './views-store.ts';

/** Whether only its recipient may read what a message says. */
export async function isConfidential({ db }: Pick<MailContext, 'db'>, messageId: string): Promise<boolean> {
  return (await confidentialMessages(db, [messageId])).has(messageId);
}

/** Throws `confidential` for a message that only its recipient may read: anyone who reads a link to an account has the account. */
export async function refuseConfidential(context: Pick<MailContext, 'db'>, messageId: string): Promise<void> {
  if (await isConfidential(context, messageId))
    throw confidential('What it says is for its recipient alone.');
}

/** The refusal to show, or to send again, confidential content. */
export function confidential(text: string, field?: string): MailError {
  return new MailError('confidential', text, field);
}

/** The events of a message; of a confidential one without the links that were clicked. */
export async function eventsOf(context: Pick<MailContext, 'db'>, messageId: string): Promise<EventView[]> {
  return withoutSecretLinks(context, await listEvents(context.db, messageId));
}

/** Events without the links that were clicked in confidential messages. */
export async function withoutSecretLinks(
  { db }: Pick<MailContext, 'db'>,
  events: readonly EventView[],
): Promise<EventView[]> {
  const clicked = events.flatMap(({ details, messageId }) => (details.link && messageId ? [messageId] : []));
  const secret = await confidentialMessages(db, [...new Set(clicked)]);
  return events.map(event =>
    secret.has(event.messageId ?? '') ? { ...event, details: { ...event.details, link: null } } : event,
  );
}

/** An event as the provider sent it, JSON; null once purged. Throws `confidential`, for events quote links and subjects. */
export async function rawEventOf(context: Pick<MailContext, 'db'>, eventId: string): Promise<string | null> {
  const event = await readEvent(context.db, eventId);
  if (event?.messageId) await refuseConfidential(context, event.messageId);
  return readRawEvent(context.db, eventId);
}
