import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { countSuppressed } from '../people/suppressions-store.ts';
import { connectionFault } from '../providers/connection-fault.ts';
import type { StreamRoute } from '../providers/providers.ts';
import { formatMailbox } from '../providers/transport.ts';
import type { UnsubscribeMode } from '../providers/unsubscribe-mode.ts';
import { argument, type Rules, withCheckedInput } from '../shared/input.ts';
import { wordSchema } from '../shared/schemas.ts';
import { withTimeout } from '../shared/time.ts';
import type { CategoryPolicy, Policy } from './policy.ts';
import { type UnsubscribeFault, unsubscribeFaults } from './unsubscribe-faults.ts';

/** A way to hand over mail, without its credentials. */
export interface ConnectionView {
  name: string;
  /** What it is, such as `SMTP`. */
  kind: string;
  /** Where it leads; null when it is of a host's own making. */
  address: string | null;
  canBeTested: boolean;
  /** Key of the provider whose webhooks belong to a test of it; null for none. */
  webhooks: string | null;
  /** Categories whose mail it takes, with its share of each, above 0 and up to 1. */
  categories: { category: string; share: number }[];
}

/** What a test of a connection found; `ms` is how long it took. */
export interface ConnectionTest {
  name: string;
  ok: boolean;
  ms: number;
  /** In plain words, without secrets. */
  answer: string;
}

/** One line of the routing policy; each route with its share of the category's mail. */
export type CategoryView = Omit<CategoryPolicy, 'routes'> & {
  category: string;
  routes: (CategoryPolicy['routes'][number] & { share: number })[];
};

/** A stream that the policy names, and who gets nothing on it. */
export interface StreamView {
  name: string;
  categories: string[];
  transports: string[];
  /** Whose link bulk mail on it has, by any of its transports; empty for other mail. */
  unsubscribe: UnsubscribeMode[];
  /** Suppressed addresses; counted up to {@link countedUpTo}, and `more` when there may be more. */
  suppressed: number;
  more: boolean;
}

const patienceMs = 10_000;
const countedUpTo = 10_000;

/** The routing policy in force; `from` is its sender, as in a header. */
export interface PolicyView {
  version: number;
  from: string;
  categories: CategoryView[];
}

/** A brand of the configuration. */
export interface BrandView {
  name: string;
  /** As in a header. */
  from: string;
  /** The server that its mail goes by. */
  server: string | null;
  /** True for the brand of mail that names none. */
  isDefault: boolean;
}

/** How mail is routed and by which connections: `mail.connections`. */
export interface Connections {
  /** The policy in force, category by category. */
  policy(): PolicyView;
  /** Those of the configuration. */
  brands(): BrandView[];
  /** Every stream of the policy. */
  streams(): Promise<StreamView[]>;
  /** Every connection that is configured. */
  list(): ConnectionView[];
  /**
   * Asks a provider, by its key, how its streams are set, and tells of those whose bulk mail is unsubscribed from in another
   * way by the configuration. None where it cannot be asked. Throws `invalid-input` for one that is not there.
   */
  unsubscribeFaults(provider: string): Promise<UnsubscribeFault[]>;
  /** Connects and signs in without sending anything, within 10 s. Throws `invalid-input` for one that is not there. */
  test(name: string): Promise<ConnectionTest>;
}

const rules: Rules<Connections> = {
  policy: [],
  brands: [],
  streams: [],
  list: [],
  unsubscribeFaults: [argument('provider', wordSchema.required())],
  test: [argument('name', wordSchema.required())],
};

/** See {@link Connections}. */
export function createConnections({
  db,
  policy,
  brands,
  providers,
  transports,
  unsubscribing,
  log,
  now,
}: MailContext): Connections {
  const categories = categoriesOf(policy);
  const ofAllBrands = brands.all.flatMap(brand => categoriesOf(brand.policy));
  const routes = ofAllBrands.flatMap(({ category, lane, routes }) =>
    routes.map(route => ({ category, lane, ...route })),
  );

  const modesOf = (here: readonly StreamRoute[]) => [
    ...new Set(here.map(route => unsubscribing.modeOf(route))),
  ];

  const connections: Connections = {
    policy: () => ({
      version: policy.version,
      from: formatMailbox(policy.from),
      categories,
    }),

    brands: () =>
      brands.all.flatMap(({ name, server, policy: { from } }) =>
        name === null
          ? []
          : { name, from: formatMailbox(from), server, isDefault: name === brands.standard.name },
      ),

    streams: () =>
      Promise.all(
        distinct(routes.map(({ stream }) => stream)).map(async name => {
          const here = routes.filter(({ stream }) => stream === name);
          const suppressed = await countSuppressed(db, name, countedUpTo, now());
          return {
            name,
            categories: distinct(here.map(({ category }) => category)),
            transports: distinct(here.map(({ transport }) => transport)),
            unsubscribe: modesOf(here.filter(({ lane }) => lane === 'bulk')),
            suppressed,
            more: suppressed === countedUpTo,
          };
        }),
      ),

    list: () =>
      [...transports.values()].map(({ name, kind, address, check }) => ({
        name,
        kind: kind ?? 'of the host’s own making',
        address: address ?? null,
        canBeTested: check !== undefined,
        webhooks: providers.all.find(one => one.webhooks?.transport === name)?.key ?? null,
        categories: distinctBy(
          ofAllBrands.map(one => shareOf(one, name)).filter(({ share }) => share > 0),
          ({ category }) => category,
        ),
      })),

    async unsubscribeFaults(key) {
      const provider = providers.find(key);
      if (!provider) throw new MailError('invalid-input', 'There is no such provider.', 'provider');
      const reading = await provider.account?.read();
      return reading?.kind === 'open'
        ? unsubscribeFaults(provider, reading.account, { brands, unsubscribing })
        : [];
    },

    async test(name) {
      const transport = transports.get(name);
      if (!transport?.check)
        throw new MailError('invalid-input', 'There is no such connection to test.', 'name');
      const startedAt = performance.now();
      const took = () => Math.round(performance.now() - startedAt);
      try {
        const answer = await withTimeout(transport.check(), patienceMs);
        return { name, ok: true, answer, ms: took() };
      } catch (error) {
        const { code } = error as { code?: unknown };
        log.warn({ code, transport: name }, 'test of a connection failed');
        return { name, ok: false, answer: connectionFault(error), ms: took() };
      }
    },
  };
  return withCheckedInput(connections, rules, { now: ['policy', 'brands', 'list'] });
}

function categoriesOf(policy: Policy): CategoryView[] {
  return Object.entries(policy.categories).map(([category, one]) => withShares(category, one));
}

function withShares(category: string, one: CategoryPolicy): CategoryView {
  const total = one.routes.reduce((sum, { weight }) => sum + weight, 0);
  return {
    category,
    ...one,
    routes: one.routes.map(route => ({ ...route, share: route.weight / total })),
  };
}

function shareOf({ category, routes }: CategoryView, name: string) {
  const shares = routes.map(({ transport, share }) => (transport === name ? share : 0));
  return { category, share: shares.reduce((sum, share) => sum + share, 0) };
}

function distinctBy<T>(all: readonly T[], key: (one: T) => string): T[] {
  return [...new Map(all.map(one => [key(one), one])).values()];
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
