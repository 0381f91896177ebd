import type { Brands } from '../routing/brands.ts';
import { readAtMostEvery } from '../shared/read-at-most-every.ts';
import { type RegisteredTopic, stricter, type TopicSettings } from './topic.ts';

/** Every topic by its key, in order. */
export type Topics = ReadonlyMap<string, RegisteredTopic>;

/** The topics that there are: those of the configuration and the policy, and what was decided about them on the pages. */
export interface TopicRegister {
  /** Read at most once a second in a process, so that sending asks it for every page of messages. */
  all(): Promise<Topics>;
  /** What was read is out of date. */
  forget(): void;
}

/** Where names of topics come from. */
export interface TopicNames {
  /** The configuration's list; null where any topic is taken. */
  topics: readonly string[] | null;
  brands: Pick<Brands, 'all'>;
}

const readEveryMs = 1000;

/** See {@link TopicRegister}; `read` gives what was decided. */
export function createTopicRegister(
  names: TopicNames,
  read: () => Promise<readonly TopicSettings[]>,
): TopicRegister {
  const topics = readAtMostEvery(readEveryMs, async () => topicsOf(names, await read()));
  return { all: topics.get, forget: topics.forget };
}

/** The register from its parts. */
export function topicsOf(names: TopicNames, saved: readonly TopicSettings[]): Topics {
  const bulk = bulkCategories(names);
  const initial = [...new Set([...(names.topics ?? []), ...bulk.keys()])].map((key, at) =>
    initialTopic(names, key, at, bulk.get(key) ?? 'none'),
  );
  const decided = saved.map(one => ({
    ...one,
    listed: names.topics === null || names.topics.includes(one.key) || bulk.has(one.key),
  }));
  const all = new Map([...initial, ...decided].map(one => [one.key, one]));
  return new Map([...all].sort(([, a], [, b]) => a.order - b.order || (a.key < b.key ? -1 : 1)));
}

/** A topic about which nothing was decided yet. */
function initialTopic(
  { topics }: TopicNames,
  key: string,
  at: number,
  consent: 'none' | 'opt-out' | 'opt-in',
): RegisteredTopic {
  return {
    ...{ key, name: nameOf(key), description: '', translations: {} },
    ...{ consent: consent === 'opt-in' ? 'opt-in' : 'opt-out', streams: null, doubleOptIn: false },
    // Beside a list, mail that names no topic is still on that of its category's name; only the list is shown.
    ...{ shown: topics === null || topics.includes(key), order: at, archivedAt: null, listed: true },
  };
}

/** Bulk mail without a topic is on that of its category's name: what each of them asks for, the strictest of all brands. */
function bulkCategories({ brands }: TopicNames): Map<string, 'none' | 'opt-out' | 'opt-in'> {
  const found = new Map<string, 'none' | 'opt-out' | 'opt-in'>();
  for (const { policy } of brands.all)
    for (const [name, { lane, consent }] of Object.entries(policy.categories))
      if (lane === 'bulk') found.set(name, stricter(consent, found.get(name) ?? 'none'));
  return found;
}

/** `product-news` is shown as `Product news` until somebody writes better words. */
function nameOf(key: string): string {
  const words = key.replace(/[-_]+/g, ' ').trim() || key;
  return words.charAt(0).toUpperCase() + words.slice(1);
}
