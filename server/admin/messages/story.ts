import type { AttemptView, Mail, MessageView } from '../../mail/index.ts';
import { withNames } from '../audit/names.ts';
import { type EventWords, eventWords, type MessageEvent } from './event-words.ts';
import { lowerFirst, reasonWords } from './reason-words.ts';

/** One line of a message's story: a sentence, and for what was reported the report itself. */
export interface StoryLine {
  at: Date;
  what: string;
  text: string;
  report?: EventWords & { event: MessageEvent };
  /** The message it was copied from. */
  copyOf?: string;
}

const deeds: Readonly<Record<string, string>> = {
  'message.resend': 'copied',
  'message.cancel': 'cancelled',
  'message.retry': 'tried-again',
};

/** What happened to a message by itself and by the hand of operators, in order and in sentences. */
export async function storyOf(
  mail: Mail,
  message: MessageView,
  attempts: readonly AttemptView[],
  events: readonly MessageEvent[],
): Promise<StoryLine[]> {
  const lines = [
    acceptance(message),
    ...attempts.flatMap(attemptLines),
    ...events.map(event => reportLine(message, event)),
    ...(await doneByOperators(mail, message)),
  ];
  return lines.sort((a, b) => a.at.getTime() - b.at.getTime());
}

function acceptance({ createdAt, template, templateVersion, stream, transport }: MessageView): StoryLine {
  const text = `From template ${template}, version ${templateVersion}, to go out on stream ${stream} by ${transport}.`;
  return { at: createdAt, what: 'accepted', text };
}

function attemptLines({ number, transport, outcome, code, answer, handedAt, settledAt }: AttemptView) {
  const lines: StoryLine[] = [];
  if (handedAt)
    lines.push({ at: handedAt, what: 'handed-over', text: `Attempt ${number}, by ${transport}.` });
  if (settledAt && outcome === 'skipped') {
    const text = `Attempt ${number} was not made: ${lowerFirst(reasonWords(answer ?? 'no reason was kept'))}.`;
    lines.push({ at: settledAt, what: 'not-sent', text });
  } else if (settledAt && outcome) {
    const words = [code, answer].filter(Boolean).join(': ');
    const text = `${outcomes[outcome] ?? outcome}${words && ` (${words})`}`;
    lines.push({ at: settledAt, what: 'answered', text });
  }
  return lines;
}

const outcomes: Readonly<Record<string, string>> = {
  accepted: 'It was taken',
  rejected: 'It was refused for good',
  deferred: 'It was not taken for now',
  unknown: 'Nobody knows whether it was taken',
};

function reportLine(message: MessageView, event: MessageEvent): StoryLine {
  const words = eventWords(event);
  const ofCopy = event.recipient !== null && event.recipient !== message.recipient.toLowerCase();
  const text = ofCopy ? `The copy to ${event.recipient}: ${words.text}` : words.text;
  return { at: event.occurredAt, what: event.kind, text, report: { ...words, event } };
}

async function doneByOperators(mail: Mail, { id }: MessageView): Promise<StoryLine[]> {
  const { entries } = await mail.audit.list({ subject: `message:${id}` });
  const named = await withNames(mail, entries);
  return Promise.all(
    named.map(async ({ id: entry, at, action, name }): Promise<StoryLine> => {
      const line = { at, what: deeds[action] ?? action, text: `by ${name}` };
      return action === 'message.resend' ? { ...line, ...(await originalIn(mail, entry)) } : line;
    }),
  );
}

async function originalIn(mail: Mail, entry: string): Promise<{ copyOf?: string }> {
  const { copyOf } = ((await mail.audit.get(entry))?.after ?? {}) as { copyOf?: unknown };
  return typeof copyOf === 'string' ? { copyOf } : {};
}
