import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { type EventView, listEvents, readEvent, readRawEvent } from '../events/events-store.ts';
import { secretMessages } from './confidentiality-store.ts';

/** Whether nobody but its recipient may read what a message says. */
export async function isSecret({ db }: Pick<MailContext, 'db'>, messageId: string): Promise<boolean> {
  return (await secretMessages(db, [messageId])).has(messageId);
}

/** Throws `secret` for a message that nobody but its recipient may read: who reads a link to an account has the account. */
export async function refuseSecret(context: Pick<MailContext, 'db'>, messageId: string): Promise<void> {
  if (await isSecret(context, messageId)) throw secret('What it says is for its recipient alone.');
}

/** The refusal to show, or to send again, what is somebody's alone. */
export function secret(text: string, field?: string): MailError {
  return new MailError('secret', text, field);
}

/** What was reported about a message; of a secret one without the links that were followed. */
export async function eventsOf(context: Pick<MailContext, 'db'>, messageId: string): Promise<EventView[]> {
  const events = await listEvents(context.db, messageId);
  if (!events.some(({ details }) => details.link) || !(await isSecret(context, messageId))) return events;
  return events.map(event => ({ ...event, details: { ...event.details, link: null } }));
}

/** A report as it came, JSON; null once purged. Throws `secret`, for reports quote links and subjects. */
export async function rawEventOf(context: Pick<MailContext, 'db'>, eventId: string): Promise<string | null> {
  const event = await readEvent(context.db, eventId);
  if (event?.messageId) await refuseSecret(context, event.messageId);
  return readRawEvent(context.db, eventId);
}
