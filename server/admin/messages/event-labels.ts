import type { BounceMeaning, EventKind, Mail } from '../../mail/index.ts';
import { type ProviderWords, suppressionLabel } from '../suppressions/labels.ts';
import { lowerFirst } from './reason-labels.ts';

/** An event of a message. */
export type MessageEvent = Awaited<ReturnType<Mail['messages']['events']>>[number];

/** An event in words: one plain sentence, for bounces with the mail server's answer and what it means. */
export interface EventDescription {
  text: string;
  /** The receiving server's answer. */
  answer: string | null;
  meaning: BounceMeaning | null;
}

/** Describes an event, without the provider's names of fields. */
export function describeEvent(words: ProviderWords, { kind, details }: MessageEvent): EventDescription {
  const detail = (name: string): string => String(details[name] ?? '');
  return { answer: null, meaning: null, ...labels[kind](detail, words, details) };
}

type Label = (
  detail: (name: string) => string,
  words: ProviderWords,
  details: MessageEvent['details'],
) => { text: string } & Partial<EventDescription>;

const bounce: Label = (detail, words) => ({
  text: detail('description') || sentence(detail('name') || 'The provider gave no description'),
  answer: detail('details') || null,
  meaning: words.describeBounce(detail('type')) ?? unknownBounce,
});

const unknownBounce: BounceMeaning = {
  means: 'It may not have arrived; the provider gave no details.',
  advice: 'Read the server’s answer. If it matters, ask the recipient or send a copy.',
};

const labels = {
  delivered: detail => ({
    text: 'The recipient’s mail server accepted it.',
    answer: detail('answer') || null,
  }),
  bounced: bounce,
  'soft-bounced': bounce,
  delayed: bounce,
  refused: bounce,
  complained: bounce,
  'auto-replied': bounce,
  opened: detail => ({ text: `The recipient opened it${on(detail('platform'))}.` }),
  clicked: detail => ({
    text: `The recipient clicked ${detail('link') || 'a link'}${on(detail('platform'))}.`,
  }),
  suppressed: (_, words, details) => ({
    text: `This address gets no more mail on this stream: ${lowerFirst(suppressionLabel(words, suppressionIn(details)))}.`,
  }),
  unsuppressed: () => ({ text: 'The provider accepts mail to this address on this stream again.' }),
  inbound: detail => ({
    text: `A mail came in from ${detail('from') || 'an unknown sender'}. It has no effect.`,
  }),
  other: detail => ({ text: `The provider reported an event of an unknown kind (${detail('recordType')}).` }),
  unreadable: () => ({ text: 'The provider reported something that could not be read.' }),
} satisfies Record<EventKind, Label>;

function suppressionIn({ reason, origin }: MessageEvent['details']): { reason: string; origin: string } {
  return { reason: String(reason ?? 'unknown'), origin: String(origin ?? 'unknown') };
}

function on(platform: string): string {
  return platform === '' || platform === 'Unknown' ? '' : ` (${platform})`;
}

function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}
