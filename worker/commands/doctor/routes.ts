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

/** The routes in use that a provider's transports carry. */
export function routesOf({ policy }: Routing, { transports }: Provider): StreamRoute[] {
  const names = transports.map(({ name }) => name);
  return Object.values(policy.categories).flatMap(({ lane, routes }) =>
    routes
      .filter(({ transport, weight }) => weight > 0 && names.includes(transport))
      .map(({ stream, transport }) => ({ stream, transport, lane })),
  );
}

/** Every address that mail comes from, each once. */
export function sendersOf({ policy }: Routing): string[] {
  const own = Object.values(policy.categories).flatMap(({ from }) => from?.email ?? []);
  return [...new Set([policy.from.email, ...own])];
}
