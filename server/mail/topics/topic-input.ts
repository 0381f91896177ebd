import Joi from 'joi';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { refuseUnknownTopic } from '../people/topics.ts';
import { transactionalStreams } from '../routing/lanes.ts';
import { bulkStreams } from '../routing/mail-kind.ts';
import { argument, type Rules } from '../shared/input.ts';
import { changeSchema, lineSchema, topicSchema, wordSchema } from '../shared/schemas.ts';
import { canonicalLocale } from '../templates/index.ts';
import type { TopicOptions, TopicsApi } from './api.ts';
import { topicsOf } from './register.ts';
import type { RegisteredTopic, TopicSettings, TopicWords } from './topic.ts';
import { mostTopics } from './topics-store.ts';

const nameSchema = lineSchema.trim().min(1).max(100);
const descriptionSchema = Joi.string().allow('').trim().max(500);
export const localeSchema = Joi.string()
  .max(35)
  .pattern(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/);

const optionsSchema = Joi.object({
  name: nameSchema,
  description: descriptionSchema,
  translations: Joi.object()
    .pattern(localeSchema, Joi.object({ name: nameSchema.required(), description: descriptionSchema }))
    .max(50),
  consent: Joi.valid('opt-out', 'opt-in'),
  streams: Joi.array()
    .items(wordSchema.pattern(/^[^,]+$/))
    .min(1)
    .max(20)
    .unique()
    .allow(null),
  doubleOptIn: Joi.boolean().strict(),
  shown: Joi.boolean().strict(),
  order: Joi.number().integer().min(0).max(100_000),
}).required();

const topic = argument('topic', topicSchema.required());
const change = argument('change', changeSchema);

/** What its functions take. */
export const topicsRules: Rules<TopicsApi> = {
  list: [argument('filter', Joi.object({ locale: localeSchema.allow(null), archived: Joi.boolean() }))],
  get: [topic],
  save: [topic, argument('options', optionsSchema), change],
  archive: [topic, change],
  restore: [topic, change],
  counts: [topic],
};

/** A topic with what is changed of it. Throws `invalid-input` for what contradicts itself or the routes. */
export function withOptions(
  context: MailContext,
  saved: readonly TopicSettings[],
  key: string,
  options: TopicOptions,
): TopicSettings {
  refuseUnknownTopic(context, key);
  const before = topicOrNew(context, saved, key);
  if (saved.length >= mostTopics && !saved.some(one => one.key === key))
    throw new MailError('invalid-input', `There are ${mostTopics} topics already.`, 'topic');
  const { translations, ...rest } = withoutUndefined(options);
  const doubleOptIn = options.doubleOptIn ?? before.doubleOptIn;
  if (doubleOptIn && options.consent === 'opt-out')
    throw new MailError(
      'invalid-input',
      'A topic with double opt-in is opt-in: give doubleOptIn: false as well.',
      'consent',
    );
  if (options.streams) refuseStreams(context, options.streams);
  const { listed: _, ...settings } = {
    ...before,
    ...rest,
    ...(doubleOptIn && { consent: 'opt-in' as const }),
    ...(translations && { translations: readTranslations(translations) }),
  };
  return settings;
}

function topicOrNew(context: MailContext, saved: readonly TopicSettings[], key: string): RegisteredTopic {
  const names = { ...context, topics: context.topics ?? [] };
  const all = topicsOf(context, saved);
  // What nobody has named before is made as if the configuration did.
  const found = all.get(key) ?? topicsOf({ ...names, topics: [...all.keys(), key] }, []).get(key);
  if (!found) throw new MailError('invalid-input', `There is no topic ${key}.`, 'topic');
  return found;
}

function readTranslations(given: NonNullable<TopicOptions['translations']>): Record<string, TopicWords> {
  const read = Object.entries(given).map(([locale, { name, description = '' }]) => {
    try {
      return [canonicalLocale(locale), { name, description }] as const;
    } catch {
      throw new MailError('invalid-input', `${locale} is no language.`, 'translations');
    }
  });
  return Object.fromEntries(read);
}

function refuseStreams(context: MailContext, streams: readonly string[]): void {
  const transactional = streams.find(one => transactionalStreams(context).has(one));
  if (transactional !== undefined)
    throw new MailError(
      'invalid-input',
      `${transactional} is a stream of transactional mail: name streams for bulk mail.`,
      'streams',
    );
  const routed = bulkStreams(context);
  if (routed.length > 0 && !streams.some(one => routed.includes(one)))
    throw new MailError(
      'invalid-input',
      `No bulk mail goes by ${streams.join(', ')}: there are ${routed.join(', ')}.`,
      'streams',
    );
}

function withoutUndefined<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never;
}
