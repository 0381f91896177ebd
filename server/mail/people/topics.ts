import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { nearestName } from '../shared/joi.ts';
import { topicsOf } from '../topics/register.ts';
import { isOpen, type TopicWords, usesStream, wordsFor } from '../topics/topic.ts';

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

/** Throws `invalid-input` for bulk mail on a topic that is archived, or by a stream that its topic does not use. */
export async function refuseForTopic(
  { topicRegister }: Pick<MailContext, 'topicRegister'>,
  key: string | null,
  streams: readonly string[],
): Promise<void> {
  const topic = key === null ? undefined : (await topicRegister.all()).get(key);
  if (topic?.archivedAt)
    throw new MailError('invalid-input', `The topic ${key} is archived: restore it first.`, 'topic');
  const other = streams.find(one => !usesStream(topic, one));
  if (other === undefined) return;
  const used = topic?.streams?.join(', ');
  throw new MailError(
    'invalid-input',
    `Mail on the topic ${key} may go by ${used}, not by ${other}.`,
    'stream',
  );
}

/** A topic as a recipient reads of it: in words of a locale, also when it is out of the register. */
export async function topicInWords(
  context: Pick<MailContext, 'topics' | 'brands' | 'topicRegister'>,
  key: string,
  locale: string | null,
): Promise<TopicWords & { key: string; open: boolean }> {
  const registered = (await context.topicRegister.all()).get(key);
  const topic = registered ?? topicsOf({ ...context, topics: [key] }, []).get(key);
  const { name, description } = topic ? wordsFor(topic, locale) : { name: key, description: '' };
  return { key, name, description, open: registered !== undefined && isOpen(registered) };
}
