import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { nearestName } from '../shared/joi.ts';

/** Throws `invalid-input` for a topic that the configuration's list lacks: a misspelt one would be nobody's to withdraw from. */
export function refuseUnknownTopic(
  { topics }: Pick<MailContext, 'topics'>,
  topic: string | null | undefined,
): void {
  if (topics === null || topic === null || topic === undefined || topics.includes(topic)) return;
  const meant = nearestName(topic, topics);
  const hint = meant ? `did you mean ${meant}?` : `there are: ${topics.join(', ') || 'none'}.`;
  throw new MailError('invalid-input', `There is no topic ${topic}: ${hint}`, 'topic');
}
