import type { AttemptView, AuditAction, Mail, MessageView } from '../../mail/index.ts';
import type { Directory } from '../access/directory.ts';
import { withNames } from '../audit/names.ts';
import type { ProviderWords } from '../suppressions/labels.ts';
import { describeEvent, type EventDescription, type MessageEvent } from './event-labels.ts';
import { lowerFirst, reasonLabel } from './reason-labels.ts';

/** One entry of a message's timeline: a sentence, and for an event the event itself. */
export interface TimelineEntry {
  at: Date;
  what: string;
  text: string;
  said?: EventDescription & { event: MessageEvent };
  /** The message it was copied from. */
  copyOf?: string;
}

const actions: Readonly<Record<Extract<AuditAction, `message.${string}`>, string>> = {
  'message.resend': 'copied',
  'message.cancel': 'cancelled',
  'message.reschedule': 'rescheduled',
  'message.retry': 'retried',
};

/** What happened to a message and what operators did with it, in order and in sentences. */
export async function timelineOf(
  mail: Mail,
  directory: Directory,
  message: MessageView,
  attempts: readonly AttemptView[],
  events: readonly MessageEvent[],
): Promise<TimelineEntry[]> {
  const words = mail.providers;
  const entries = [
    acceptance(message),
    ...attempts.flatMap(attempt => attemptEntries(words, attempt)),
    ...events.map(event => eventEntry(words, message, event)),
    ...(await operatorEntries(mail, directory, message)),
  ];
  return entries.sort((a, b) => a.at.getTime() - b.at.getTime());
}

function acceptance({ createdAt, template, templateVersion, stream, transport }: MessageView): TimelineEntry {
  const text = `From template ${template}, version ${templateVersion}, to be sent on stream ${stream} by ${transport}.`;
  return { at: createdAt, what: 'accepted', text };
}

function attemptEntries(
  words: ProviderWords,
  { number, transport, outcome, code, answer, handedAt, settledAt }: AttemptView,
) {
  const entries: TimelineEntry[] = [];
  if (handedAt)
    entries.push({ at: handedAt, what: 'handed-over', text: `Attempt ${number}, by ${transport}.` });
  if (settledAt && outcome === 'skipped') {
    const text = `Attempt ${number} was not made: ${lowerFirst(reasonLabel(words, answer ?? 'no reason was recorded'))}.`;
    entries.push({ at: settledAt, what: 'not-sent', text });
  } else if (settledAt && outcome) {
    const details = [code, answer].filter(Boolean).join(': ');
    const text = `${outcomes[outcome] ?? outcome}${details && ` (${details})`}`;
    entries.push({ at: settledAt, what: 'answered', text });
  }
  return entries;
}

const outcomes: Readonly<Record<string, string>> = {
  accepted: 'Accepted',
  rejected: 'Permanently refused',
  deferred: 'Deferred',
  unknown: 'It is not known whether it was accepted',
};

function eventEntry(words: ProviderWords, message: MessageView, event: MessageEvent): TimelineEntry {
  const said = describeEvent(words, event);
  const ofCopy = event.recipient !== null && event.recipient !== message.recipient.toLowerCase();
  const text = ofCopy ? `The copy to ${event.recipient}: ${said.text}` : said.text;
  return { at: event.occurredAt, what: event.kind, text, said: { ...said, event } };
}

async function operatorEntries(
  mail: Mail,
  directory: Directory,
  { id }: MessageView,
): Promise<TimelineEntry[]> {
  const { entries } = await mail.audit.list({ subject: `message:${id}` });
  const named = await withNames(directory, entries);
  return Promise.all(
    named.map(async ({ id: entry, at, action, name }): Promise<TimelineEntry> => {
      const line = { at, what: isMessageAction(action) ? actions[action] : action, text: `by ${name}` };
      return action === 'message.resend' ? { ...line, ...(await originalIn(mail, entry)) } : line;
    }),
  );
}

function isMessageAction(action: string): action is keyof typeof actions {
  return Object.hasOwn(actions, action);
}

async function originalIn(mail: Mail, entry: string): Promise<{ copyOf?: string }> {
  const { copyOf } = ((await mail.audit.get(entry))?.after ?? {}) as { copyOf?: unknown };
  return typeof copyOf === 'string' ? { copyOf } : {};
}
