import type { MailKind } from '../people/suppression.ts';
import type { Brands } from './brands.ts';
import { findCategory, type Policy } from './policy.ts';

/** Where the routes of all brands are known. */
export interface Routing {
  policy: Policy;
  brands: Pick<Brands, 'all'>;
}

/** What kind of mail a message is, for the rule of who is not mailed. */
export function mailKindOf(
  routing: Routing,
  { category, stream, topic }: Pick<MailKind, 'category' | 'stream' | 'topic'>,
): MailKind {
  const found = findCategory(routing.policy, category);
  const bulk = found?.lane === 'bulk';
  return {
    ...{ category, stream, bulk, topic: topicOf(routing, { category, topic }) },
    essential: found?.essential ?? false,
    // What was said on one stream follows bulk mail alone.
    streams: bulk ? streamsOf(routing, category) : [stream],
  };
}

/** What a message's recipient may have said no to. Bulk mail without a topic is on that of its category's name. */
export function topicOf(
  { policy }: Pick<Routing, 'policy'>,
  { category, topic }: { category: string; topic: string | null },
): string | null {
  return topic ?? (findCategory(policy, category)?.lane === 'bulk' ? category : null);
}

/** Streams that mail of a category may go by, in the name of any brand. */
function streamsOf({ brands }: Routing, category: string): string[] {
  return brands.all.flatMap(
    ({ policy }) => findCategory(policy, category)?.routes.map(({ stream }) => stream) ?? [],
  );
}

/** Streams that bulk mail may go by, in the name of any brand, in order. */
export function bulkStreams({ brands }: Pick<Routing, 'brands'>): string[] {
  const routes = brands.all
    .flatMap(({ policy }) => Object.values(policy.categories))
    .filter(({ lane }) => lane === 'bulk')
    .flatMap(one => one.routes);
  return [...new Set(routes.map(({ stream }) => stream))].sort();
}

/** Names of all categories of bulk mail, of any brand. */
export function bulkCategoryNames({ brands }: Pick<Routing, 'brands'>): string[] {
  const categories = brands.all.flatMap(({ policy }) => Object.entries(policy.categories));
  return [...new Set(categories.flatMap(([name, { lane }]) => (lane === 'bulk' ? [name] : [])))];
}

/** Categories of bulk mail that may go by a stream. */
export function bulkCategoriesOn({ brands }: Pick<Routing, 'brands'>, stream: string): string[] {
  const found = brands.all.flatMap(({ policy }) =>
    Object.entries(policy.categories).filter(
      ([, { lane, routes }]) => lane === 'bulk' && routes.some(route => route.stream === stream),
    ),
  );
  return [...new Set(found.map(([category]) => category))];
}
