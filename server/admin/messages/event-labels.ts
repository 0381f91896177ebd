import type { Mail } from '../../mail/index.ts';
import { suppressionLabel } from '../suppressions/labels.ts';
import { type Meaning, meaningOf } from './bounce-labels.ts';
import { lowerFirst } from './reason-labels.ts';

/** An event of a message. */
export type MessageEvent = Awaited<ReturnType<Mail['messages']['events']>>[number];

/** An event in words: one plain sentence, for bounces with the mail server's answer and what it means. */
export interface EventDescription {
  text: string;
  /** The receiving server's answer. */
  answer: string | null;
  meaning: Meaning | null;
}

/** Describes an event, without the provider's names of fields. */
export function describeEvent({ kind, details }: MessageEvent): EventDescription {
  const detail = (name: string): string => String(details[name] ?? '');
  const plain = (text: string, answer = ''): EventDescription => ({
    text,
    answer: answer || null,
    meaning: null,
  });
  switch (kind) {
    case 'delivered':
      return plain('The recipient’s mail server accepted it.', detail('answer'));
    case 'opened':
      return plain(`The recipient opened it${on(detail('platform'))}.`);
    case 'clicked':
      return plain(`The recipient clicked ${detail('link') || 'a link'}${on(detail('platform'))}.`);
    case 'suppressed':
      return plain(
        `This address gets no more mail on this stream: ${lowerFirst(suppressionLabel(suppressionIn(details)))}.`,
      );
    case 'unsuppressed':
      return plain('The provider accepts mail to this address on this stream again.');
    case 'other':
      return plain(`The provider reported an event of an unknown kind (${detail('recordType')}).`);
    default:
      return {
        text: detail('description') || sentence(detail('name') || 'The provider gave no description'),
        answer: detail('details') || null,
        meaning: meaningOf(details.type),
      };
  }
}

function suppressionIn({ reason, origin }: MessageEvent['details']): { reason: string; origin: string } {
  return { reason: String(reason ?? 'unknown'), origin: String(origin ?? 'unknown') };
}

function on(platform: string): string {
  return platform === '' || platform === 'Unknown' ? '' : ` (${platform})`;
}

function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}
