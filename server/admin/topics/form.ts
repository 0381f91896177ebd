import Joi from 'joi';
import { type RegisteredTopic, type TopicOptions, topicSchema } from '../../mail/index.ts';
import { type FormSchema, field } from '../form.ts';

/** The fields of the form of a topic. */
export interface TopicForm {
  name: string;
  description: string;
  /** A line for each further language: `nl | Nieuws | Elke maand`. */
  translations: string;
  consent: 'opt-out' | 'opt-in' | 'double';
  /** Names with spaces or commas between them; empty for those of the routes. */
  streams: string;
  shown: 'yes' | 'no';
  order: string;
}

const topicFields = {
  name: field.requiredLine(100, 'Enter a name of at most 100 characters.'),
  description: field.line(500, 'A description may have at most 500 characters.'),
  translations: field.text(40_000, 'Write a line for each language, such as: nl | Nieuws | Elke maand'),
  consent: field.choice(['opt-out', 'opt-in', 'double'] as const, 'Choose who gets its mail.'),
  streams: field.line(1000, 'Name streams with spaces between them.'),
  shown: field.choice(['yes', 'no'] as const, 'Choose whether recipients see it.'),
  order: field.line(6, 'The place is a whole number, such as 10.').pattern(/^\d{0,5}$/),
};

/** What the form of a topic that is there holds. */
export const topicForm: FormSchema<TopicForm> = Joi.object(topicFields);

/** That of a new one, which names it. */
export const newTopicForm: FormSchema<TopicForm & { key: string }> = Joi.object({
  key: topicSchema.required().messages({ '*': 'A key has a-z, 0-9, - and _, at most 64 of them.' }),
  ...topicFields,
});

/** The form of a topic as it is. */
export function formOf(topic: RegisteredTopic): TopicForm {
  const { name, description, translations, streams, shown, order, consent, doubleOptIn } = topic;
  const lines = Object.entries(translations).map(([locale, words]) =>
    [locale, words.name, ...(words.description ? [words.description] : [])].join(' | '),
  );
  return {
    ...{ name, description, translations: lines.join('\n'), streams: streams?.join(' ') ?? '' },
    ...{ consent: doubleOptIn ? 'double' : consent, shown: shown ? 'yes' : 'no', order: String(order) },
  };
}

/** What the form says, for `mail.topics.save`. */
export function optionsOf({
  name,
  description,
  translations,
  consent,
  streams,
  shown,
  order,
}: TopicForm): TopicOptions {
  const named = streams.split(/[\s,]+/).filter(Boolean);
  return {
    ...{ name, description, translations: translationsOf(translations), shown: shown === 'yes' },
    ...{ consent: consent === 'opt-out' ? 'opt-out' : 'opt-in', doubleOptIn: consent === 'double' },
    streams: named.length > 0 ? named : null,
    ...(order !== '' && { order: Number(order) }),
  };
}

function translationsOf(text: string): NonNullable<TopicOptions['translations']> {
  const lines = text.split('\n').filter(line => line.trim() !== '');
  const entries = lines.map(line => {
    const [locale = '', name = '', ...description] = line.split('|').map(part => part.trim());
    return [locale, { name, description: description.join(' | ') }] as const;
  });
  return Object.fromEntries(entries);
}
