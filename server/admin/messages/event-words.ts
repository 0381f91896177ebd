import type { Mail } from '../../mail/index.ts';
import { suppressionWords } from '../suppressions/words.ts';
import { type Meaning, meaningOf } from './bounce-words.ts';
import { lowerFirst } from './reason-words.ts';

/** A report about a message. */
export type MessageEvent = Awaited<ReturnType<Mail['messages']['events']>>[number];

/** A report in words: one plain sentence, for bounces with what Postmark and the mail server said and what it means. */
export interface EventWords {
  text: string;
  /** The receiving server's own words. */
  answer: string | null;
  meaning: Meaning | null;
}

/** Says what a report says. Nobody needs to know Postmark's names of fields for it. */
export function eventWords({ kind, details }: MessageEvent): EventWords {
  const detail = (name: string): string => String(details[name] ?? '');
  const plain = (text: string, answer = ''): EventWords => ({ text, answer: answer || null, meaning: null });
  switch (kind) {
    case 'delivered':
      return plain('The recipient’s mail server took it.', detail('answer'));
    case 'opened':
      return plain(`The recipient opened it${on(detail('platform'))}.`);
    case 'clicked':
      return plain(`The recipient followed ${detail('link') || 'a link'}${on(detail('platform'))}.`);
    case 'suppressed':
      return plain(
        `Nothing more goes to this address on this stream: ${lowerFirst(suppressionWords(suppressionIn(details)))}.`,
      );
    case 'unsuppressed':
      return plain('Postmark mails this address on this stream again.');
    case 'other':
      return plain(`Postmark reported something that is not known here (${detail('recordType')}).`);
    default:
      return {
        text: detail('description') || sentence(detail('name') || 'Postmark gave no description'),
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
