import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import express, { type Express, response as expressResponse, type RequestHandler } from 'express';

/**
 * Middleware for `app.use` of Express 4 and 5, and of whatever else calls `(request, response, next)`. Typed by Node's own
 * types alone, so that a host needs no types of our Express.
 */
export type HostMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** What Express of any version adds to a request and a response. */
type HostRequest = IncomingMessage & {
  query?: unknown;
  body?: unknown;
  _body?: unknown;
  app?: { get?: (name: string) => unknown };
};
type HostResponse = ServerResponse & { locals?: unknown };

/**
 * Runs `router` on an Express of our own: the host's settings (query parser, etag, views), its version, what it put in
 * `locals` and what it replaced on its responses have no influence. The host's word on proxies is taken. Whatever leaves
 * again, by `next` or {@link backInHost}, finds the request and the response as they came. `before` is done while they
 * still are the host's.
 */
export function onOwnExpress(
  router: RequestHandler,
  before?: (request: IncomingMessage) => Promise<void>,
): HostMiddleware {
  const app = express();
  app.disable('x-powered-by');
  app.use(router);
  return (request, response, next) => {
    const isHeld = holdBody(request);
    const begin = () => {
      const leave = enter(app, request, response, isHeld);
      wayBack.set(response, () => {
        leave();
        return next;
      });
      app(request as never, response as never, (error?: unknown) => {
        leave();
        next(error);
      });
    };
    if (before) before(request).then(begin, next);
    else begin();
  };
}

/** Leaves our Express for good; returns the host's `next`, and null for a request that is on no Express of ours. */
export function backInHost(response: ServerResponse): ((error?: unknown) => void) | null {
  return wayBack.get(response)?.() ?? null;
}

const wayBack = new WeakMap<ServerResponse, () => (error?: unknown) => void>();

// Somebody may be collecting the body beside us, as for `request.rawBody`: it has to wait until we read along.
function holdBody(request: IncomingMessage): boolean {
  const isRead = request.readableFlowing === true;
  if (isRead) request.pause();
  return isRead;
}

const requestNames = ['query', 'body', '_body'];
const responseNames = ['locals', ...Object.keys(expressResponse)];

function enter(app: Express, request: HostRequest, response: HostResponse, isHeld: boolean): () => void {
  const shapes = () => [shapeOf(request, requestNames), shapeOf(response, responseNames)];
  const theirs = shapes();
  const headers = response.headersSent ? {} : response.getHeaders();
  const { statusCode } = response;
  app.set('trust proxy', request.app?.get?.('trust proxy fn') ?? false);
  // Express 5 computes it; a body is looked at before it is read.
  delete request.query;
  for (const name of responseNames) if (Object.hasOwn(response, name)) delete (response as never)[name];

  let inside = true;
  // What the host does at the end of a request, such as writing its log, finds its own `locals`; we may still be at work.
  for (const end of ['finish', 'close']) {
    let ours: Restore[] = [];
    response.prependOnceListener(end, () => {
      if (inside) ours = shapes();
      for (const restore of inside ? theirs : []) restore();
    });
    response.once(end, () => {
      for (const restore of inside ? ours : []) restore();
    });
  }
  return () => {
    if (!inside) return;
    inside = false;
    for (const restore of theirs) restore();
    if (!response.headersSent) restoreHeaders(response, headers, statusCode);
    if (isHeld) request.resume();
  };
}

type Restore = () => void;

/** Keeps an object's kind and these of its own properties; what is returned brings them back. */
function shapeOf(object: object, names: readonly string[]): Restore {
  const prototype = Object.getPrototypeOf(object);
  const found = names.map(name => [name, Object.getOwnPropertyDescriptor(object, name)] as const);
  return () => {
    Object.setPrototypeOf(object, prototype);
    for (const [name, property] of found) {
      if (property) Object.defineProperty(object, name, property);
      // Deleting what is not there costs as much, and this is done for every request.
      else if (Object.hasOwn(object, name)) delete (object as Record<string, unknown>)[name];
    }
  };
}

function restoreHeaders(response: ServerResponse, headers: OutgoingHttpHeaders, statusCode: number): void {
  for (const name of response.getHeaderNames()) if (!(name in headers)) response.removeHeader(name);
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) response.setHeader(name, value);
  response.statusCode = statusCode;
}
