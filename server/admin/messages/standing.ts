import type { Mail, MessageView, Suppression } from '../../mail/index.ts';
import { suppressionWords } from '../suppressions/words.ts';
import { lowerFirst } from './reason-words.ts';

/** How the recipient stands now towards mail like this one. */
export interface Standing {
  /** Why mail like this one stops before it is sent, in words; null when nothing stands in its way. */
  stops: string | null;
  suppression: Suppression | null;
  consent: { granted: boolean; evidence: string | null; changedAt: Date } | null;
}

/** The suppression on its stream and what was said about its topic, where there is any. */
export async function standingOf(mail: Mail, message: MessageView): Promise<Standing> {
  const { stream, recipient, topic } = message;
  const [[suppression = null], consents] = await Promise.all([
    mail.suppressions.list({ stream, address: recipient }),
    topic ? mail.consent.list(recipient) : [],
  ]);
  const consent = consents.find(one => one.topic === topic) ?? null;
  return { suppression, consent, stops: stopsOf(mail, message, suppression, consent) };
}

// Only foretells what the module will decide when the message is due.
function stopsOf(
  mail: Mail,
  { stream, category, topic }: MessageView,
  suppression: Suppression | null,
  consent: Standing['consent'],
): string | null {
  if (suppression)
    return `The address is suppressed on stream ${stream}: ${lowerFirst(suppressionWords(suppression))}.`;
  const rule = mail.connections.policy().categories.find(one => one.category === category)?.consent;
  if (!topic || !rule || rule === 'none') return null;
  if (consent?.granted === false) return `The recipient has unsubscribed from ${topic}.`;
  return rule === 'opt-in' && !consent ? `The recipient has never agreed to mail on ${topic}.` : null;
}
