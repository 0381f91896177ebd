import type { Provider } from '../../../server/mail/diagnosis.ts';
import type { Lane } from '../../../server/mail/index.ts';
import type { Subject } from './subject.ts';

type Routing = ReturnType<Subject['routing']>;
type Category = Routing['policy']['categories'][string];

/** A stream that mail of a lane takes by one transport. */
export interface StreamRoute {
  stream: string;
  transport: string;
  lane: Lane;
}

/** The routes in use that a provider's transports carry, of every brand. */
export function routesOf({ brands }: Routing, { transports }: Provider): StreamRoute[] {
  const names = transports.map(({ name }) => name);
  return categoriesOf({ brands }).flatMap(([, { lane, routes }]) =>
    routes
      .filter(({ transport, weight }) => weight > 0 && names.includes(transport))
      .map(({ stream, transport }) => ({ stream, transport, lane })),
  );
}

/** The categories of every brand, each by its name. */
export function categoriesOf({ brands }: Pick<Routing, 'brands'>): [string, Category][] {
  return brands.all.flatMap(({ policy }) => Object.entries(policy.categories));
}

/** The brands whose mail goes by a template: one for a template of its own, else all. */
export function brandsUsing({ brands }: Routing, key: string): Routing['brands']['all'] {
  const own = brands.ofTemplate(key);
  return own === brands.standard ? brands.all : [own];
}

/** Every address that mail comes from, each once. */
export function sendersOf({ brands }: Routing): string[] {
  const mailboxes = brands.all.flatMap(({ policy }) => [
    policy.from,
    ...Object.values(policy.categories).flatMap(({ from }) => from ?? []),
  ]);
  return [...new Set(mailboxes.map(({ email }) => email))];
}
