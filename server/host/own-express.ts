import type { IncomingMessage, ServerResponse } from 'node:http';
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

function enter(app: Express, request: HostRequest, response: HostResponse, isHeld: boolean): () => void {
  const restorers = [
    ...ownProperties(request, ['query', 'body', '_body']),
    ...ownProperties(response, ['locals', ...Object.keys(expressResponse)]),
  ];
  const [requestType, responseType] = [Object.getPrototypeOf(request), Object.getPrototypeOf(response)];
  const headers = response.headersSent ? {} : response.getHeaders();
  const { statusCode } = response;
  app.set('trust proxy', request.app?.get?.('trust proxy fn') ?? false);
  // Express 5 computes it; the host's stays for the host. A body is looked at before it is read.
  delete request.query;
  for (const name of ['locals', ...Object.keys(expressResponse)]) delete (response as never)[name];

  let inside = true;
  const leave = () => {
    if (!inside) return;
    inside = false;
    Object.setPrototypeOf(request, requestType);
    Object.setPrototypeOf(response, responseType);
    for (const restore of restorers) restore();
    if (!response.headersSent) {
      for (const name of response.getHeaderNames()) if (!(name in headers)) response.removeHeader(name);
      for (const [name, value] of Object.entries(headers))
        if (value !== undefined) response.setHeader(name, value);
      response.statusCode = statusCode;
    }
    if (isHeld) request.resume();
  };
  // Listeners of the host, such as its log of requests, find their own `locals` again.
  response.prependOnceListener('finish', leave);
  response.prependOnceListener('close', leave);
  return leave;
}

/** How each of these properties of the object itself is brought back. */
function ownProperties(object: object, names: readonly string[]): (() => void)[] {
  return names.map(name => {
    const found = Object.getOwnPropertyDescriptor(object, name);
    return () => {
      if (found) Object.defineProperty(object, name, found);
      else delete (object as Record<string, unknown>)[name];
    };
  });
}
