import type { MessageView } from '../../mail/index.ts';
import { type EventWords, eventWords, type MessageEvent } from './event-words.ts';
import { reasonWords } from './reason-words.ts';

/** Why a message did not simply arrive: the report behind its state in words, else the reason that was stored. */
export function whyOf(
  { state, reason, recipient }: MessageView,
  events: readonly MessageEvent[],
): EventWords | null {
  const kinds: readonly string[] = kindsBehind[state] ?? [];
  const report = events.findLast(
    event => kinds.includes(event.kind) && event.recipient === recipient.toLowerCase(),
  );
  if (report) return eventWords(report);
  return reason === null ? null : { text: reasonWords(reason), answer: null, meaning: null };
}

const kindsBehind: Partial<Record<MessageView['state'], readonly string[]>> = {
  bounced: ['bounced'],
  complained: ['complained'],
  failed: ['refused'],
};
