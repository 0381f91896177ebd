import type { Mail, MessageView } from '../../mail/index.ts';
import type { ProviderWords } from '../suppressions/labels.ts';
import { describeEvent, type EventDescription, type MessageEvent } from './event-labels.ts';
import { reasonLabel } from './reason-labels.ts';

/** Why a message did not arrive: the event behind its state in words, else the reason that was recorded. */
export function explanationOf(
  words: ProviderWords,
  { state, reason, recipient }: MessageView,
  events: readonly MessageEvent[],
): EventDescription | null {
  const kinds: readonly string[] = kindsBehind[state] ?? [];
  const event = events.findLast(one => kinds.includes(one.kind) && one.recipient === recipient.toLowerCase());
  if (event) return describeEvent(words, event);
  return reason === null ? null : { text: reasonLabel(words, reason), answer: null, meaning: null };
}

const kindsBehind: Partial<Record<MessageView['state'], readonly string[]>> = {
  bounced: ['bounced'],
  complained: ['complained'],
  failed: ['refused'],
};

/** Why a message like this one would not be sent now, in words; null when nothing speaks against it. */
export function stopsOf(
  words: ProviderWords,
  eligibility: Awaited<ReturnType<Mail['messages']['explain']>>,
): string | null {
  const decision = eligibility?.decision;
  return !decision || decision.kind === 'send' ? null : `${reasonLabel(words, decision.reason)}.`;
}
