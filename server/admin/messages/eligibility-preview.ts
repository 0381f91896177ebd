import type { Mail, MessageView, Suppression } from '../../mail/index.ts';
import { suppressionLabel } from '../suppressions/labels.ts';
import { lowerFirst } from './reason-labels.ts';

/** Whether the recipient may get mail like this now. */
export interface EligibilityPreview {
  /** Why it would not be sent, in words; null when nothing speaks against it. */
  stops: string | null;
  suppression: Suppression | null;
  consent: { granted: boolean; evidence: string | null; changedAt: Date } | null;
}

/** The suppression on its stream and the consent for its topic, where there is any. */
export async function previewEligibility(mail: Mail, message: MessageView): Promise<EligibilityPreview> {
  const { stream, recipient, topic } = message;
  const [[suppression = null], consents] = await Promise.all([
    mail.suppressions.list({ stream, address: recipient }),
    topic ? mail.consent.list(recipient) : [],
  ]);
  const consent = consents.find(one => one.topic === topic) ?? null;
  return { suppression, consent, stops: stopsOf(mail, message, suppression, consent) };
}

// Only predicts what the module will decide when the message is due.
function stopsOf(
  mail: Mail,
  { stream, category, topic }: MessageView,
  suppression: Suppression | null,
  consent: EligibilityPreview['consent'],
): string | null {
  if (suppression)
    return `The address is suppressed on stream ${stream}: ${lowerFirst(suppressionLabel(mail.providers, suppression))}.`;
  const rule = mail.connections.policy().categories.find(one => one.category === category)?.consent;
  if (!topic || !rule || rule === 'none') return null;
  if (consent?.granted === false) return `The recipient has unsubscribed from ${topic}.`;
  return rule === 'opt-in' && !consent ? `The recipient has never consented to mail on ${topic}.` : null;
}
