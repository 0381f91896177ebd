import type { BounceMeaning } from './event.ts';
import { type Limits, sharedLimits } from './limits.ts';
import type { Lookup, Provider, SuppressionReason } from './provider.ts';
import type { Transport } from './transport.ts';

/** Every provider that this module works with, and which of them a thing belongs to. */
export interface Providers {
  readonly all: readonly Provider[];
  /** By name; a host's own among them. */
  readonly transports: ReadonlyMap<string, Transport>;
  /** What every provider takes. */
  readonly limits: Limits;
  /** Names of those that report what became of mail, for people. */
  readonly names: string;
  find(key: string): Provider | undefined;
  /** Those that mail of a brand can go by: each has streams for both lanes. The first takes what names no server. */
  readonly servers: readonly Provider[];
  /** What a route of the policy is on a server. One to another server's transport, or to a transport of none, stays so. */
  routeOn(server: Provider | undefined, route: StreamRoute): StreamRoute;
  /** Asks about attempts made by a transport; undefined where nobody can be asked. */
  lookupOf(transport: string): Lookup | undefined;
  /** The provider whose lists a stream is in; undefined where none keeps any. */
  listing(stream: string): Provider | undefined;
  /** What stands for the recipient's own link to unsubscribe in mail by a transport, or in mail that has none yet. */
  unsubscribePlaceholder(transport?: string): string;
  /** See `EventReader.describeBounce`. */
  describeBounce(type: string): BounceMeaning | null;
  /** See `ProviderLists.describeSuppression`. */
  describeSuppression(suppression: SuppressionReason): string | null;
}

/** A stream and the transport that its mail goes by. */
export interface StreamRoute {
  stream: string;
  transport: string;
}

/**
 * Puts providers together. `own` are transports of the host's, added or in place of a provider's of that name. `routes` are
 * the policy's. Throws when a key or a transport is there twice, or when a stream is routed to two providers that keep
 * lists: what one says of the stream would pass for the other's.
 */
export function joinProviders(
  all: readonly Provider[],
  own: readonly Transport[],
  routes: readonly StreamRoute[],
): Providers {
  refuseTwins(all.map(({ key }) => key));
  const theirs = all.flatMap(provider => provider.transports.map(transport => ({ provider, transport })));
  refuseTwins(theirs.map(({ transport }) => transport.name));
  const owner = new Map(theirs.map(({ provider, transport }) => [transport.name, provider]));
  const transports = [...theirs.map(({ transport }) => transport), ...own];
  const listed = all.filter(({ lists }) => lists);
  const servers = serversAmong(all);
  const routeOn = (server: Provider | undefined, { stream, transport }: StreamRoute): StreamRoute => {
    const own = server?.names?.transport(transport) ?? transport;
    const keeper = owner.get(own)?.lists ? owner.get(own) : server;
    return { transport: own, stream: keeper?.names?.stream(stream) ?? stream };
  };
  const places = servers.length > 0 ? servers : [undefined];
  const listedBy = listsByStream(
    places.flatMap(server => routes.map(route => routeOn(server, route))),
    owner,
  );
  const placeholders = all.flatMap(one => one.unsubscribePlaceholder ?? []);

  return {
    all,
    transports: new Map(transports.map(transport => [transport.name, transport])),
    limits: sharedLimits(all.flatMap(({ limits }) => limits ?? [])),
    names: all.flatMap(({ events, name }) => (events ? [name] : [])).join(' and ') || 'the provider',
    find: key => all.find(provider => provider.key === key),
    lookupOf: transport => owner.get(transport)?.lookup,
    servers,
    routeOn,
    listing: stream =>
      listed.find(({ names }) => names?.owns(stream)) ??
      listedBy.get(stream) ??
      listed.find(({ names }) => !names),
    unsubscribePlaceholder: (transport = '') =>
      owner.get(transport)?.unsubscribePlaceholder ?? placeholders[0] ?? '#',
    describeBounce: type => firstOf(all, ({ events }) => events?.describeBounce(type)),
    describeSuppression: reason => firstOf(all, ({ lists }) => lists?.describeSuppression(reason)),
  };
}

/** The server that bears its company's own name comes first, for what was sent before there were several. */
function serversAmong(all: readonly Provider[]): Provider[] {
  const servers = all.filter(({ defaultRoutes }) => defaultRoutes);
  return [...servers.filter(({ names }) => !names), ...servers.filter(({ names }) => names)];
}

function refuseTwins(names: readonly string[]): void {
  const twin = names.find((name, i) => names.indexOf(name) !== i);
  if (twin !== undefined) throw new Error(`Two providers or transports are named ${twin}.`);
}

function listsByStream(
  routes: readonly StreamRoute[],
  owner: ReadonlyMap<string, Provider>,
): Map<string, Provider> {
  const found = new Map<string, Provider>();
  for (const { stream, transport } of routes) {
    const provider = owner.get(transport);
    if (!provider?.lists) continue;
    const other = found.get(stream);
    if (other && other !== provider)
      throw new Error(
        `Stream ${stream} is routed to both ${other.name} and ${provider.name}: name them apart.`,
      );
    found.set(stream, provider);
  }
  return found;
}

function firstOf<T>(all: readonly Provider[], ask: (provider: Provider) => T | null | undefined): T | null {
  for (const provider of all) {
    const answer = ask(provider);
    if (answer !== null && answer !== undefined) return answer;
  }
  return null;
}
