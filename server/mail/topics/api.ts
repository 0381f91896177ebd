import type { ChangeOptions } from '../shared/change.ts';
import type { RegisteredTopic, TopicConsent } from './topic.ts';
import type { TopicCounts } from './topics-store.ts';

/** What to change of a topic; what is left out stays. */
export interface TopicOptions {
  /** In the default language, at most 100 characters. */
  name?: string | undefined;
  /** In the default language, at most 500 characters. */
  description?: string | undefined;
  /** By locale, such as `{ nl: { name: 'Nieuws' } }`: the words of all other languages, in place of those that were there. */
  translations?: Readonly<Record<string, { name: string; description?: string | undefined }>> | undefined;
  /** For people who said nothing; the stricter of this and what the category of its mail asks for rules. */
  consent?: TopicConsent | undefined;
  /** Streams that its bulk mail may go by; null: those of its routes. */
  streams?: readonly string[] | null | undefined;
  /** A grant counts once it is confirmed by a link in a mail. It makes `consent` `opt-in`. */
  doubleOptIn?: boolean | undefined;
  /** Whether it is on the preference page. */
  shown?: boolean | undefined;
  /** Its place among the others, the lowest first. */
  order?: number | undefined;
}

/** What people can subscribe to: `mail.topics`. Topics of the configuration and the policy are there without being saved. */
export interface TopicsApi {
  /** All topics in their order, with their words in a language; archived ones and those no longer listed only where asked. */
  list(
    filter?: { locale?: string | null | undefined; archived?: boolean | undefined } | undefined,
  ): Promise<RegisteredTopic[]>;
  /** One topic with its words in the default language, archived or not; null when there is none. */
  get(topic: string): Promise<RegisteredTopic | null>;
  /** Saves what is decided about a topic, and makes it where there is none. */
  save(topic: string, options: TopicOptions, change?: ChangeOptions | undefined): Promise<RegisteredTopic>;
  /** No mail is sent on it and nobody subscribes any more; what people said is kept. Throws `wrong-state` when it is. */
  archive(topic: string, change?: ChangeOptions | undefined): Promise<RegisteredTopic>;
  /** Undoes that. Throws `wrong-state` when it is not archived. */
  restore(topic: string, change?: ChangeOptions | undefined): Promise<RegisteredTopic>;
  /** How many people said what about it; each counted up to 100,000. */
  counts(topic: string): Promise<TopicCounts>;
}
