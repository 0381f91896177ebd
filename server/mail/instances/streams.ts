import type { MailContext } from '../context.ts';
import { withTimeout } from '../shared/time.ts';

const patienceMs = 30_000;

/**
 * Streams of the policy that their provider does not have. A provider that keeps no list of streams, or cannot be asked, is
 * left out.
 */
export async function missingStreams({
  brands,
  providers,
  log,
}: Pick<MailContext, 'brands' | 'providers' | 'log'>): Promise<{ provider: string; stream: string }[]> {
  const categories = brands.all.flatMap(({ policy }) => Object.values(policy.categories));
  const routes = categories.flatMap(one => one.routes);
  const found = await Promise.all(
    providers.all.map(async ({ key, lists, transports }) => {
      if (!lists) return [];
      const names = new Set(transports.map(({ name }) => name));
      const wanted = new Set(routes.filter(one => names.has(one.transport)).map(({ stream }) => stream));
      try {
        const there = new Set(await withTimeout(lists.streams(), patienceMs));
        return [...wanted].filter(stream => !there.has(stream)).map(stream => ({ provider: key, stream }));
      } catch (err) {
        log.info({ err, provider: key }, 'the provider could not be asked which streams it has');
        return [];
      }
    }),
  );
  return found.flat();
}
