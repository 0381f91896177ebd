/** `opt-out`: who said nothing gets its mail; `opt-in`: only who agreed to it. */
export type TopicConsent = 'opt-out' | 'opt-in';

/** What a topic is called in one language. */
export interface TopicWords {
  name: string;
  description: string;
}

/** What is decided about a topic. Name and description are in the default language. */
export interface TopicSettings extends TopicWords {
  key: string;
  /** By locale: the words of the other languages. */
  translations: Readonly<Record<string, TopicWords>>;
  /** For people who said nothing. Where its mail's category is stricter, that rules. */
  consent: TopicConsent;
  /** Streams that its bulk mail may go by; null: those of its routes. */
  streams: readonly string[] | null;
  /** Whether a grant counts only once it is confirmed by a link in a mail. */
  doubleOptIn: boolean;
  /** Whether recipients see it on their preference page. */
  shown: boolean;
  /** Its place among the others, the lowest first. */
  order: number;
  archivedAt: Date | null;
}

/** A topic of the register. */
export interface RegisteredTopic extends TopicSettings {
  /** False for one that the configuration's list has no more: as if it were archived. */
  listed: boolean;
}

/** Whether mail may be sent on it and people may subscribe to it. */
export function isOpen({ listed, archivedAt }: Pick<RegisteredTopic, 'listed' | 'archivedAt'>): boolean {
  return listed && archivedAt === null;
}

/** The words for a locale such as `nl-BE`: its own, else those of its language, else the default ones. */
export function wordsFor(
  topic: TopicWords & Pick<TopicSettings, 'translations'>,
  locale: string | null,
): TopicWords {
  const { translations, name, description } = topic;
  const wanted = locale === null ? [] : [locale, locale.split('-')[0] ?? ''];
  const keys = wanted.map(one =>
    Object.keys(translations).find(key => key.toLowerCase() === one.toLowerCase()),
  );
  const found = keys.find(key => key !== undefined);
  return (found === undefined ? undefined : translations[found]) ?? { name, description };
}

/** Whether bulk mail of a topic may go by a stream; any may where nothing was decided. */
export function usesStream(topic: Pick<TopicSettings, 'streams'> | undefined, stream: string): boolean {
  return !topic?.streams || topic.streams.includes(stream);
}

const strictness = ['none', 'opt-out', 'opt-in'] as const;

/** Of what a category asks for and what its topic does, the stricter. */
export function stricter(
  one: (typeof strictness)[number],
  other: (typeof strictness)[number],
): (typeof strictness)[number] {
  return strictness.indexOf(one) >= strictness.indexOf(other) ? one : other;
}
