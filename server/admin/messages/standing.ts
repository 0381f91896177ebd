import type { Mail, MessageView, Suppression } from '../../mail/index.ts';

/** How the recipient stands now towards mail like this one. */
export interface Standing {
  suppression: Suppression | null;
  consent: { granted: boolean; evidence: string | null; changedAt: Date } | null;
}

/** The suppression on its stream and what was said about its topic, where there is any. */
export async function standingOf(mail: Mail, { stream, recipient, topic }: MessageView): Promise<Standing> {
  const [[suppression = null], consents] = await Promise.all([
    mail.suppressions.list({ stream, address: recipient }),
    topic ? mail.consent.list(recipient) : [],
  ]);
  return { suppression, consent: consents.find(one => one.topic === topic) ?? null };
}
