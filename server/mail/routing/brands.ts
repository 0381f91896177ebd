import { MailError } from '../error.ts';
import type { Provider } from '../providers/provider.ts';
import type { Providers, StreamRoute } from '../providers/providers.ts';
import type { Mailbox } from '../providers/transport.ts';
import { type MailboxInput, readMailbox } from '../shared/address.ts';
import { nearestName } from '../shared/joi.ts';
import { type Policy, senderOf } from './policy.ts';

/** A brand as a host writes it: what is left out is as for mail without a brand. */
export interface BrandOptions {
  /** Its sender, in every category. */
  from?: MailboxInput | undefined;
  /** The server, by name, that its mail goes by. */
  server?: string | undefined;
  /** They take the place of the values of the same name that templates see as `@brand`. */
  values?: Readonly<Record<string, string>> | undefined;
  /** A folder of templates that are its own: they win over common ones with the same key. */
  templates?: string | undefined;
}

/** In whose name mail goes out. */
export interface Brand {
  /** Null for mail without a brand. */
  name: string | null;
  /** The server that its mail goes by; null where no provider has one. */
  server: string | null;
  /** The routing policy with its sender, and with the routes of its server. */
  policy: Policy;
  /** Put over the values of the templates' brand. */
  values: Readonly<Record<string, string>>;
  /** Idempotency keys of other scopes are other keys. */
  scope: string;
  /** A route as it is on this brand's server. */
  routeOn(route: StreamRoute): StreamRoute;
}

/** The brands of this process. */
export interface Brands {
  /** That of mail which names none. */
  readonly standard: Brand;
  /** Those of the configuration, and that of mail which names none. */
  readonly all: readonly Brand[];
  /** By name; null is the standard one. Throws `invalid-input`. */
  named(name: string | null): Brand;
  /** The same, or undefined: a message can outlive the configuration it was accepted under. */
  find(name: string | null): Brand | undefined;
  /** The brand whose own template this is; of a common one, the standard brand. */
  ofTemplate(key: string): Brand;
}

/** What the configuration says about brands. */
export interface BrandsConfig {
  brands?: Readonly<Record<string, BrandOptions>> | undefined;
  /** Of mail that names none. */
  defaultBrand?: string | undefined;
  /** Keeps the idempotency keys of this app apart from those of another one on the same database. */
  idempotencyScope?: string | undefined;
}

/** Resolves the brands. Throws when one names a server that is not configured, or when there is no such default. */
export function createBrands(
  { brands: options = {}, defaultBrand, idempotencyScope = '' }: BrandsConfig,
  policy: Policy,
  providers: Pick<Providers, 'servers' | 'routeOn'>,
): Brands {
  const brandOf = (name: string | null, { from, server, values = {} }: BrandOptions): Brand => {
    const place = serverNamed(providers, name, server);
    const routeOn = (route: StreamRoute) => providers.routeOn(place, route);
    // A host that gives its one brand a name keeps the keys from before.
    const isStandard = name === null || name === defaultBrand;
    const scope = isStandard ? idempotencyScope : [idempotencyScope, name].filter(Boolean).join('/');
    return {
      name,
      server: place?.key ?? null,
      policy: policyOn(policy, from, routeOn),
      values,
      scope,
      routeOn,
    };
  };
  const named = new Map(Object.entries(options).map(([name, one]) => [name, brandOf(name, one)]));
  const standard = defaultBrand === undefined ? brandOf(null, {}) : named.get(defaultBrand);
  if (!standard) throw noBrand(defaultBrand ?? '', named, 'defaultBrand');
  const find = (name: string | null) => (name === null ? standard : named.get(name));
  return {
    standard,
    all: [...new Set([standard, ...named.values()])],
    find,
    named(name) {
      const found = find(name);
      if (!found) throw noBrand(name ?? '', named, 'brand');
      return found;
    },
    ofTemplate: key => named.get(brandOfKey(key) ?? '') ?? standard,
  };
}

/** What a message of a category is pinned to. */
export function brandingOf({ policy, values }: Brand, category: string): Branding {
  return { from: senderOf(policy, category), ...(Object.keys(values).length > 0 && { values }) };
}

/** The sender of a message, and what its brand puts over the values of the templates' brand. */
export interface Branding {
  from: Mailbox;
  values?: Readonly<Record<string, string>>;
}

/** The key of a brand's own template, by which all know it: `outlet.receipt`. */
export function brandedKey(brand: string, key: string): string {
  return `${brand}.${key}`;
}

/** The brand of {@link brandedKey}, or null for a common template. */
export function brandOfKey(key: string): string | null {
  return /^([^.]+)\./.exec(key)?.[1] ?? null;
}

function policyOn(policy: Policy, from: MailboxInput | undefined, routeOn: Brand['routeOn']): Policy {
  const sender = from === undefined ? {} : { from: readMailbox(from, 'from') };
  const categories = Object.entries(policy.categories).map(([key, category]) => [
    key,
    {
      ...category,
      ...sender,
      routes: category.routes.map(route => ({ ...route, ...routeOn(route) })),
    },
  ]);
  return { ...policy, ...sender, categories: Object.fromEntries(categories) };
}

function serverNamed(
  { servers }: Pick<Providers, 'servers'>,
  brand: string | null,
  name: string | undefined,
): Provider | undefined {
  if (name === undefined) return servers[0];
  const found = servers.find(({ key }) => key === name);
  const there = servers.map(({ key }) => key).join(', ');
  if (!found)
    throw new Error(
      `Brand ${brand} goes by the server ${name}, which is not configured. There are: ${there}.`,
    );
  return found;
}

function noBrand(name: string, all: ReadonlyMap<string, Brand>, field: string): MailError {
  const names = [...all.keys()];
  const near = nearestName(name, names);
  const help = near ? ` Did you mean ${near}?` : names.length > 0 ? ` There are: ${names.join(', ')}.` : '';
  return new MailError('invalid-input', `The configuration has no brand ${name}.${help}`, field);
}
