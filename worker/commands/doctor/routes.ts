import type { Provider } from '../../../server/mail/diagnosis.ts';
import type { Lane } from '../../../server/mail/index.ts';
import type { Subject } from './subject.ts';

type Routing = ReturnType<Subject['routing']>;

/** A stream that mail of a lane takes by one transport. */
export interface StreamRoute {
  stream: string;
  transport: string;
  lane: Lane;
}

/** The routes in use that a provider's transports carry, of every brand. */
export function routesOf({ brands }: Routing, { transports }: Provider): StreamRoute[] {
  const names = transports.map(({ name }) => name);
  const categories = brands.all.flatMap(({ policy }) => Object.values(policy.categories));
  return categories.flatMap(({ lane, routes }) =>
    routes
      .filter(({ transport, weight }) => weight > 0 && names.includes(transport))
      .map(({ stream, transport }) => ({ stream, transport, lane })),
  );
}

/** Every address that mail comes from, each once. */
export function sendersOf({ brands }: Routing): string[] {
  const mailboxes = brands.all.flatMap(({ policy }) => [
    policy.from,
    ...Object.values(policy.categories).flatMap(({ from }) => from ?? []),
  ]);
  return [...new Set(mailboxes.map(({ email }) => email))];
}
