import { createHash } from 'node:crypto';
import { MailError } from '../error.ts';
import type { DefaultRoutes } from '../providers/provider.ts';
import type { Mailbox } from '../providers/transport.ts';

/** Work that is kept apart inside our processes: transactional mail never waits for bulk. */
export type Lane = 'transactional' | 'bulk';

/** A stream and a transport, with its share of a category's mail. */
export interface WeightedRoute {
  stream: string;
  transport: string;
  /** Share relative to the other routes of the category; 0 takes the route out of use. */
  weight: number;
}

/** What the routing policy says about one category. */
export interface CategoryPolicy {
  lane: Lane;
  routes: readonly WeightedRoute[];
  /** `none`: no consent needed; `opt-out`: unless withdrawn; `opt-in`: only when granted. */
  consent: 'none' | 'opt-out' | 'opt-in';
  /** An attempt nobody can account for: leave it to an operator, or rather risk a second copy. */
  onUnknown: 'prefer-once' | 'prefer-delivery';
  /** True for mail that a person gets though they refused all else: a reset, a receipt, a warning about their account. */
  essential?: boolean;
  /** Sender of this category, when it differs from the policy's. */
  from?: Mailbox;
}

/** The versioned table from category to weighted routes. */
export interface Policy {
  version: number;
  from: Mailbox;
  categories: Readonly<Record<string, CategoryPolicy>>;
}

/** The route chosen for one message, kept with its row. */
export interface Route {
  category: string;
  lane: Lane;
  stream: string;
  transport: string;
  /** 0-99, stable for a recipient within a category: it decides among weighted routes. */
  bucket: number;
  policyVersion: number;
}

/** The categories that there are while a host names none of its own, on these routes. */
export function policyOn(routes: DefaultRoutes, from: Mailbox): Policy {
  const transactional: CategoryPolicy = {
    lane: 'transactional',
    routes: [{ ...routes.transactional, weight: 1 }],
    consent: 'none',
    onUnknown: 'prefer-once',
  };
  const bulk: CategoryPolicy = {
    lane: 'bulk',
    routes: [{ ...routes.bulk, weight: 1 }],
    consent: 'opt-out',
    onUnknown: 'prefer-once',
  };
  return {
    version: 1,
    from,
    categories: {
      // A second link to an account harms nobody; none at all locks somebody out.
      account: { ...transactional, onUnknown: 'prefer-delivery', essential: true },
      transactional,
      newsletter: bulk,
    },
  };
}

/** Throws when a category cannot route: no weight, a weight below 0, or a transport that does not exist. */
export function checkPolicy(policy: Policy, transports: ReadonlyMap<string, unknown>): void {
  for (const [category, { routes }] of Object.entries(policy.categories)) {
    const missing = routes.find(({ transport }) => !transports.has(transport));
    if (missing)
      throw new Error(`Category ${category} routes to ${missing.transport}, which is not configured.`);
    if (routes.some(({ weight }) => !(weight >= 0 && Number.isFinite(weight))))
      throw new Error(`Category ${category} has a route whose weight is not a number from 0 on.`);
    if (!routes.some(({ weight }) => weight > 0))
      throw new Error(`Category ${category} has no route with weight.`);
  }
}

/** What the policy says about a category. Throws `unknown-category`. */
export function categoryPolicy(policy: Policy, category: string): CategoryPolicy {
  const found = findCategory(policy, category);
  if (!found)
    throw new MailError('unknown-category', `The routing policy has no category ${category}.`, 'category');
  return found;
}

/** The same, or undefined: a message can outlive the policy it was accepted under. */
export function findCategory({ categories }: Policy, category: string): CategoryPolicy | undefined {
  return Object.hasOwn(categories, category) ? categories[category] : undefined;
}

/** Who mail of a category comes from; of one that the policy does not have, the policy's own sender. */
export function senderOf(policy: Policy, category: string): Mailbox {
  return findCategory(policy, category)?.from ?? policy.from;
}

/** Chooses the route of one message; the same recipient keeps the same route while weights stay. */
export function chooseRoute(policy: Policy, category: string, recipient: string): Route {
  const { lane, routes } = categoryPolicy(policy, category);
  const bucket = bucketOf(category, recipient);
  const route = routeAt(routes, bucket);
  return {
    category,
    lane,
    stream: route.stream,
    transport: route.transport,
    bucket,
    policyVersion: policy.version,
  };
}

function bucketOf(category: string, recipient: string): number {
  return createHash('sha1').update(`${category}\n${recipient}`).digest().readUInt32BE(0) % 100;
}

function routeAt(routes: readonly WeightedRoute[], bucket: number): WeightedRoute {
  const total = routes.reduce((sum, { weight }) => sum + weight, 0);
  let upTo = 0;
  for (const route of routes) {
    upTo += (route.weight / total) * 100;
    if (bucket < upTo) return route;
  }
  throw new MailError('unknown-category', 'A category needs at least one route with weight.');
}
