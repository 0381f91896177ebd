import type { OpenAccount } from '../providers/account.ts';
import type { Provider } from '../providers/provider.ts';
import type { StreamRoute } from '../providers/providers.ts';
import type { UnsubscribeMode } from '../providers/unsubscribe-mode.ts';
import type { Brands } from './brands.ts';
import type { Unsubscribing } from './unsubscribing.ts';

/** A stream that is set to another way to unsubscribe at the provider than its mail has by the configuration. */
export interface UnsubscribeFault {
  stream: string;
  /** Sentences. */
  found: string;
  remedy: string;
}

/** Compares the configuration with how a provider's streams are set. Those that say nothing of it are left out. */
export function unsubscribeFaults(
  { name, transports }: Pick<Provider, 'name' | 'transports'>,
  { streams, unsubscribeSettings }: Pick<OpenAccount, 'streams' | 'unsubscribeSettings'>,
  { brands, unsubscribing }: { brands: Pick<Brands, 'all'>; unsubscribing: Unsubscribing },
): UnsubscribeFault[] {
  const carried = new Set(transports.map(transport => transport.name));
  const routes = bulkRoutes(brands).filter(({ transport }) => carried.has(transport));
  const byStream = new Map(routes.map(route => [route.stream, route]));
  return [...byStream.values()].flatMap(route => {
    const { stream } = route;
    const set = streams.find(one => one.name === stream)?.unsubscribes;
    const mode = unsubscribing.modeOf(route);
    if (!set || set.mode === mode) return [];
    const remedy = `${unsubscribeSettings?.[mode] ?? ''} ${otherwise[mode]}`.trim();
    const there = `the stream is set to ${set.setting}: ${met[mode](set.mode)}.`;
    return [{ stream, found: `${said[mode](stream, name)} ${there}`, remedy }];
  });
}

const said = {
  own: (stream: string, name: string) =>
    `On ${stream} recipients unsubscribe by our own link (unsubscribe: own), but at ${name}`,
  provider: (stream: string, name: string) =>
    `On ${stream} unsubscribing is left to ${name} (unsubscribe: provider), but there`,
};

const met = {
  own: (theirs: UnsubscribeMode | null) =>
    theirs === 'provider'
      ? 'its link and headers take the place of ours, or stand beside them'
      : 'that is not meant for bulk mail',
  provider: () => 'bulk mail has neither headers nor a link that works',
};

const otherwise = {
  own: 'Or say provider for the stream under unsubscribe in the configuration.',
  provider: 'Or say own for the stream under unsubscribe in the configuration.',
};

function bulkRoutes({ all }: Pick<Brands, 'all'>): StreamRoute[] {
  return all
    .flatMap(({ policy }) => Object.values(policy.categories))
    .filter(({ lane }) => lane === 'bulk')
    .flatMap(({ routes }) => routes.filter(({ weight }) => weight > 0));
}
