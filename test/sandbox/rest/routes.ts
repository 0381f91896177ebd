import type { Provider } from '../provider.ts';
import type { Answer } from './answer.ts';
import * as bounces from './bounces.ts';
import * as email from './email.ts';
import * as messages from './messages.ts';
import type { Query } from './query.ts';
import * as server from './server-settings.ts';
import * as streams from './streams.ts';
import * as suppressions from './suppressions.ts';

/** A call whose token, headers, size and JSON are in order. */
export interface Call {
  params: readonly string[];
  query: Query;
  /** Undefined when no body came. */
  body: unknown;
  /** Made with POSTMARK_API_TEST: checked, never taken. */
  isTest: boolean;
}

export type Handler = (provider: Provider, call: Call) => Answer | Promise<Answer>;

export interface Route {
  /** As faults name it. */
  name: string;
  handler: Handler;
  /** Largest body in bytes. */
  limit: number;
  takesTestToken: boolean;
}

const MB = 1024 * 1024;

const table: readonly [
  name: string,
  handler: Handler,
  options?: { limit?: number; takesTestToken?: true },
][] = [
  ['POST /email', email.send, { limit: 10 * MB, takesTestToken: true }],
  ['POST /email/batch', email.sendBatch, { limit: 50 * MB, takesTestToken: true }],
  ['GET /messages/outbound', messages.search],
  ['GET /messages/outbound/{id}/details', messages.details],
  ['GET /messages/outbound/{id}/dump', messages.dump],
  ['GET /deliverystats', bounces.deliveryStats],
  ['GET /bounces', bounces.list],
  ['GET /bounces/{id}', bounces.one],
  ['GET /bounces/{id}/dump', bounces.dump],
  ['PUT /bounces/{id}/activate', bounces.activate],
  ['GET /message-streams', streams.list],
  ['GET /message-streams/{id}', streams.one],
  ['GET /message-streams/{id}/suppressions/dump', suppressions.dump],
  ['POST /message-streams/{id}/suppressions', suppressions.create],
  ['POST /message-streams/{id}/suppressions/delete', suppressions.remove],
  ['GET /server', server.get],
  ['PUT /server', server.edit],
];

const ROUTES = table.map(([name, handler, options]) => ({
  route: { name, handler, limit: options?.limit ?? MB, takesTestToken: options?.takesTestToken ?? false },
  pattern: new RegExp(`^${name.replace(/\{\w+\}/g, '([^/]+)')}/?$`, 'i'),
}));

/** Finds the route of a request, with its path parameters in order; case and a trailing slash do not matter. */
export function findRoute(method: string, path: string): { route: Route; params: string[] } | null {
  const line = `${method} ${path}`;
  for (const { route, pattern } of ROUTES) {
    const match = pattern.exec(line);
    if (match) return { route, params: match.slice(1).map(safeDecode) };
  }
  return null;
}

function safeDecode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
