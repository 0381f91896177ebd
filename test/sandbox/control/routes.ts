import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from '../provider.ts';
import { readBody } from '../rest/body.ts';
import { isLocal } from './guard.ts';
import { ROUTES } from './table.ts';

/** Inbound mail may come with its files. */
const LARGEST_BODY = 60_000_000;

/** Answers a call to the control surface, by which a test questions a sandbox in another process. */
export async function answerControl(
  provider: Provider,
  caCertificate: string,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<boolean> {
  if (!url.pathname.startsWith('/sandbox/')) return false;
  const handler = ROUTES[`${request.method} ${url.pathname}`];
  if (!handler || !isLocal(request, provider.settings))
    return reply(response, 404, { wrong: 'There is no such control call here.' });
  const text = await readBody(request, LARGEST_BODY);
  if (text === null) return reply(response, 413, { wrong: 'The body is too large.' });
  if (request.method !== 'GET' && !/^application\/json/i.test(request.headers['content-type'] ?? '')) {
    return reply(response, 415, { wrong: 'Content-Type must be application/json.' });
  }
  const body = parse(text);
  const result =
    body === null
      ? { wrong: 'The body is not JSON.' }
      : await handler({ provider, caCertificate, query: url.searchParams, body });
  return 'wrong' in result ? reply(response, 400, result) : reply(response, 200, result.json);
}

function reply(response: ServerResponse, status: number, body: unknown): true {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
  return true;
}

/** An empty body reads as an empty object; null when it is not JSON. */
function parse(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return null;
  }
}
