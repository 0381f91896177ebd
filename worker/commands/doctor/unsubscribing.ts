import { type OpenAccount, type Provider, unsubscribeFaults } from '../../../server/mail/diagnosis.ts';
import { bad, type Finding, good, unseen } from './check.ts';
import { categoriesOf, routesOf } from './routes.ts';
import type { Subject } from './subject.ts';

/** Whose link bulk mail has by a provider, compared with how its streams are set there. */
export function unsubscribing(
  { config, routing }: Pick<Subject, 'config' | 'routing'>,
  one: Provider,
  account: OpenAccount,
): Finding {
  const found = routing();
  const unknown = unknownStreams(config.unsubscribe, one, account, found);
  if (unknown.length > 0)
    return bad(
      `unsubscribe names ${unknown.join(', ')}, and ${one.name} has no such stream.`,
      'Correct the name in the configuration, or take it out.',
    );
  const faults = unsubscribeFaults(one, account, found);
  if (faults.length > 0)
    return bad(
      faults.map(fault => fault.found).join(' '),
      [...new Set(faults.map(({ remedy }) => remedy))].join(' '),
    );
  const bulk = routesOf(found, one).filter(({ lane }) => lane === 'bulk');
  const modes = new Set(bulk.map(route => `${route.stream}: ${found.unsubscribing.modeOf(route)}`));
  return modes.size > 0
    ? good(`${[...modes].sort().join(', ')}.`)
    : unseen(`No bulk mail goes by ${one.name}.`);
}

/** Streams that have a word of their own and are nowhere. */
function unknownStreams(
  options: Subject['config']['unsubscribe'],
  { names, transports }: Provider,
  { streams }: OpenAccount,
  routing: ReturnType<Subject['routing']>,
): string[] {
  const isTheirs = (stream: string) => (names ? names.owns(stream) : !stream.includes('/'));
  const carried = new Set(transports.map(({ name }) => name));
  const routes = categoriesOf(routing).flatMap(([, category]) => category.routes);
  const elsewhere = routes.filter(({ transport }) => !carried.has(transport)).map(({ stream }) => stream);
  const known = new Set([...streams.map(({ name }) => name), ...elsewhere]);
  const named = Object.keys(typeof options === 'object' ? options : {});
  return named.filter(stream => isTheirs(stream) && !known.has(stream));
}
