import { type RequestHandler, type Response, Router } from 'express';
import { readBody, searchOf } from '../http/request.ts';
import type { Provider } from '../state/provider.ts';
import { isLocal } from './guard.ts';
import { type Control, type Reply, ROUTES } from './table.ts';

/** Inbound mail may come with its files. */
const LARGEST_BODY = 60_000_000;

type Method = 'get' | 'post' | 'delete';

/** The control surface, by which a test questions a sandbox in another process. */
export function controlRoutes(provider: Provider, caCertificate: string): Router {
  const router = Router({ strict: true, caseSensitive: true });
  const unknown = (response: Response): void =>
    reply(response, 404, { wrong: 'There is no such control call here.' });
  router.use('/sandbox', (request, response, next) =>
    isLocal(request, provider.settings) ? next() : unknown(response),
  );
  for (const [name, run] of Object.entries(ROUTES)) {
    const [method = '', path = ''] = name.split(' ');
    const answer = answerControl(({ query, body }) => run({ provider, caCertificate, query, body }));
    router[method.toLowerCase() as Method](path, readBody(LARGEST_BODY), answer);
  }
  router.use('/sandbox', (_, response) => unknown(response));
  return router;
}

function answerControl(
  run: (call: Pick<Control, 'query' | 'body'>) => Reply | Promise<Reply>,
): RequestHandler {
  return async (request, response) => {
    const text: string | null = request.body;
    if (text === null) return reply(response, 413, { wrong: 'The body is too large.' });
    if (request.method !== 'GET' && !/^application\/json/i.test(request.headers['content-type'] ?? ''))
      return reply(response, 415, { wrong: 'Content-Type must be application/json.' });
    const body = parse(text);
    const query = searchOf(request);
    const result = body === null ? { wrong: 'The body is not JSON.' } : await run({ query, body });
    if ('wrong' in result) reply(response, 400, result);
    else reply(response, 200, result.json);
  };
}

function reply(response: Response, status: number, body: unknown): void {
  response.status(status).json(body);
}

/** An empty body reads as an empty object; null when it is not JSON. */
function parse(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return null;
  }
}
