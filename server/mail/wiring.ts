import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { pino } from 'pino';
import type { DatabaseOptions, Db } from '../../db/connect.ts';
import { actionsOf, type SecondPersonAction } from './approvals/states.ts';
import { defaultTiming, type MailContext, type Timing } from './context.ts';
import type { InstanceRole } from './instances/instances-store.ts';
import { configuredProviders, type ProviderConfig, standardRoutes } from './providers/configured.ts';
import type { Provider } from './providers/provider.ts';
import { joinProviders, type Providers } from './providers/providers.ts';
import type { Mailbox, Transport } from './providers/transport.ts';
import { nothingLearnt } from './reconciliation/learnt.ts';
import { type Brands, type BrandsConfig, createBrands } from './routing/brands.ts';
import { refuseMixedStreams } from './routing/lanes.ts';
import { checkPolicy, type Policy, policyOn } from './routing/policy.ts';
import { type PolicyOptions, readPolicy } from './routing/policy-options.ts';
import {
  checkUnsubscribing,
  createUnsubscribing,
  type UnsubscribeOptions,
  type Unsubscribing,
} from './routing/unsubscribing.ts';
import { defaultRetry, type RetryPolicy } from './sending/retry.ts';
import { readMailbox } from './shared/address.ts';
import { type Logger, safeLog } from './shared/log.ts';
import { createFrames, createRenderPool, createTemplates } from './templates/index.ts';
import { createTopicRegister } from './topics/register.ts';
import { readTopics } from './topics/topics-store.ts';

/** What the module needs to know; `loadConfig` makes it from the environment. */
export interface MailConfig extends ProviderConfig, BrandsConfig {
  database: DatabaseOptions;
  /** False when the schema is brought up to date elsewhere. */
  migrate?: boolean | undefined;
  /** Default sender, as a mailbox. */
  from: string;
  /** That of the package by default. */
  policy?: PolicyOptions | undefined;
  /** Whose link bulk mail has, by stream. */
  unsubscribe?: UnsubscribeOptions | undefined;
  /** What people subscribe to; any topic where it is left out. */
  topics?: readonly string[] | undefined;
  /** Where recipients reach the public pages, for links in mail that lead there. */
  publicUrl?: string | undefined;
  /** They sign such links, the newest first; made up at each start where there are none. */
  secretKeys?: readonly string[] | undefined;
  /** Folder of the template files; by default `templates` in the working directory. */
  templates?: string | undefined;
  /** Whether mail goes to real people: then none goes in the name of the demo. Default false. */
  production?: boolean | undefined;
  /** What takes a second person on the pages: `true` for everything. Default nothing. */
  secondPerson?: boolean | readonly SecondPersonAction[] | undefined;
  /** Addresses that are told of requests, where people are the host's. */
  secondPersonMail?: readonly string[] | undefined;
  logLevel: string;
  /** In place of a log of our own at `logLevel`. */
  logger?: Logger | undefined;
  retry?: Partial<RetryPolicy> | undefined;
  timing?: Partial<Timing> | undefined;
}

/** What a test may put in place of our own. */
export interface MailDeps {
  now?: (() => Date) | undefined;
  /** What a start measures against the database's clock: `now`, unless that is moved on purpose. */
  machineClock?: (() => Date) | undefined;
  /** In place of those that the configuration names. */
  providers?: readonly Provider[] | undefined;
  /** Additional or replacing transports, by their names. */
  transports?: readonly Transport[] | undefined;
  /** Connections at most, whatever the database's options say. */
  poolSize?: number | undefined;
  /** What this process is, for the others that run: `command` for a short one that is not registered. Default `app`. */
  role?: InstanceRole | 'command' | undefined;
}

/** The same, with what no host has. */
export interface OpenDeps extends MailDeps {
  /** A pool made by `connect`, which stays its owner's to close; by default the module opens one of its own. */
  db?: Db | undefined;
}

/** Puts together what every flow works with. Throws when the policy cannot be followed with these transports. */
export function wire(config: MailConfig, deps: MailDeps, db: Db): MailContext {
  const now = deps.now ?? (() => new Date());
  const { brands, providers, unsubscribing } = routingOf(config, deps);
  const topics = config.topics ?? null;
  return {
    db,
    now,
    policy: brands.standard.policy,
    brands,
    topics,
    topicRegister: createTopicRegister({ topics, brands }, () => readTopics(db)),
    links: {
      publicUrl: publicUrlOf(config),
      secretKeys: config.secretKeys ?? [randomBytes(32).toString('base64url')],
    },
    unsubscribing,
    production: config.production ?? false,
    secondPerson: { actions: actionsOf(config.secondPerson), mailTo: config.secondPersonMail ?? [] },
    providers,
    transports: providers.transports,
    learnt: nothingLearnt(),
    log: safeLog(config.logger ?? pino({ level: config.logLevel })),
    retry: { ...defaultRetry, ...config.retry },
    timing: { ...defaultTiming, ...config.timing },
    templates: createTemplates(db, now),
    frames: createFrames(db),
    renderPool: createRenderPool(),
  };
}

/** What routing is made of. */
type RoutingConfig = Pick<
  MailConfig,
  'from' | 'policy' | 'unsubscribe' | 'publicUrl' | 'secretKeys' | 'production'
> &
  ProviderConfig &
  BrandsConfig;

/** The routing policy and the providers that the configuration names; no database is needed. Throws as {@link wire}. */
export function routingOf(
  config: RoutingConfig,
  deps: Pick<MailDeps, 'providers' | 'transports'> = {},
): { policy: Policy; brands: Brands; providers: Providers; unsubscribing: Unsubscribing } {
  const all = deps.providers ?? configuredProviders(config);
  const from = readMailbox(config.from, 'from');
  const defaultRoutes = all.find(one => one.defaultRoutes)?.defaultRoutes ?? standardRoutes;
  const policy = config.policy
    ? readPolicy(config.policy, from, defaultRoutes)
    : defaultPolicy(from, defaultRoutes);
  const routes = Object.values(policy.categories).flatMap(category => category.routes);
  const providers = joinProviders(all, deps.transports ?? [], routes);
  const brands = createBrands(config, policy, providers);
  const { transports } = providers;
  const { unsubscribe: options } = config;
  const hasLinks = publicUrlOf(config) !== null && config.secretKeys !== undefined;
  for (const { policy } of brands.all) {
    checkPolicy(policy, transports);
    checkUnsubscribing(policy, { options, transports, hasLinks });
  }
  refuseMixedStreams({ brands, providers });
  const unsubscribing = createUnsubscribing(options, transports);
  return { policy: brands.standard.policy, brands, providers, unsubscribing };
}

/**
 * Null where nobody said it; so is the address that a configuration has by default, in production, where it leads no
 * recipient anywhere.
 */
function publicUrlOf({ publicUrl, production }: Pick<MailConfig, 'publicUrl' | 'production'>): string | null {
  const isDefault = production === true && /^http:\/\/localhost:\d+$/.test(publicUrl ?? '');
  return publicUrl === undefined || isDefault ? null : publicUrl;
}

/** Where the template files are, and by brand those of its own. */
export interface TemplateFolders {
  folder: string;
  brandFolders: Record<string, string>;
}

/** See {@link TemplateFolders}; relative ones begin at the working directory. */
export function templateFolders({
  templates = 'templates',
  brands = {},
}: Pick<MailConfig, 'templates' | 'brands'>): TemplateFolders {
  const own = Object.entries(brands).flatMap(([name, { templates: folder }]) =>
    folder === undefined ? [] : [[name, path.resolve(folder)]],
  );
  return { folder: path.resolve(templates), brandFolders: Object.fromEntries(own) };
}

/** The policy in force until the host brings its own. */
export function defaultPolicy(from: Mailbox, routes = standardRoutes): Policy {
  return policyOn(routes, from);
}
