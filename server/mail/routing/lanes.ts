import { MailError } from '../error.ts';
import type { Providers } from '../providers/providers.ts';
import type { Brands } from './brands.ts';

/** What the lanes of streams are read from. */
export interface Lanes {
  brands: Pick<Brands, 'all'>;
  providers: Pick<Providers, 'servers'>;
}

const known = new WeakMap<object, ReadonlySet<string>>();

/** Streams of transactional mail, of every brand and server: whoever is put on its list gets no reset any more. */
export function transactionalStreams({ brands, providers }: Lanes): ReadonlySet<string> {
  const found = known.get(brands) ?? new Set(readStreams({ brands, providers }));
  known.set(brands, found);
  return found;
}

function readStreams({ brands, providers }: Lanes): string[] {
  const routed = brands.all
    .flatMap(({ policy }) => Object.values(policy.categories))
    .filter(({ lane }) => lane === 'transactional')
    .flatMap(({ routes }) => routes.map(({ stream }) => stream));
  const standard = providers.servers.flatMap(({ defaultRoutes, names }) => {
    const stream = defaultRoutes?.transactional.stream;
    return stream === undefined ? [] : [names?.stream(stream) ?? stream];
  });
  return [...routed, ...standard];
}

/** Throws `invalid-input` for a category of bulk mail that routes to a stream of transactional mail. */
export function refuseMixedStreams(lanes: Lanes): void {
  const transactional = transactionalStreams(lanes);
  for (const { policy } of lanes.brands.all) {
    for (const [category, { lane, routes }] of Object.entries(policy.categories)) {
      const mixed = lane === 'bulk' && routes.find(({ stream }) => transactional.has(stream));
      if (mixed) {
        throw new MailError(
          'invalid-input',
          `Category ${category} is bulk mail and routes to ${mixed.stream}, a stream of transactional mail: give it a stream of its own.`,
          `policy.categories.${category}`,
        );
      }
    }
  }
}

/** Throws `invalid-input` where a caller puts bulk mail on a stream of transactional mail. */
export function refuseBulkOn(lanes: Lanes, category: string, stream: string): void {
  if (!transactionalStreams(lanes).has(stream)) return;
  throw new MailError(
    'invalid-input',
    `Category ${category} is bulk mail, and ${stream} is a stream of transactional mail: leave stream out, or name one for bulk mail.`,
    'stream',
  );
}
