import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { plannedAnswer } from '../fault-answer.ts';
import type { Fault } from '../faults.ts';
import type { Provider } from '../provider.ts';
import { type Answer, errorCodeOf, refuse } from './answer.ts';
import { readBody } from './body.ts';
import { checkToken, noValidToken } from './credentials.ts';
import { delayed } from './delayed.ts';
import { Query } from './query.ts';
import type { Route } from './routes.ts';
import { findRoute } from './table.ts';

/** Answers one REST request: find, read, strike a planned fault or check in the documented order, handle. */
export async function answerRest(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const found = findRoute(request.method ?? 'GET', url.pathname);
  if (!found) return send(response, { status: 404, body: 'Not Found' });
  const { route, params } = found;
  const body = await readBody(request, route.limit);
  // The rest of a body that is too large is not read, so the connection cannot be used again.
  if (body === null) response.setHeader('Connection', 'close');
  const fault = provider.faults.take(route.name, () => `${request.url} ${body ?? ''}`);
  if (fault && (await strikesFirst(fault, response))) return;
  const answer = await checked(provider, request, route, {
    params,
    query: new Query(url.searchParams),
    body,
  });
  if (fault && strikesLast(fault, response, answer)) return;
  if (provider.settings.latencyMs > 0) await sleep(provider.settings.latencyMs, undefined, { ref: false });
  send(response, fault?.kind === 'delayed' ? delayed(answer) : answer);
}

/** Carries out the faults that come before the work. True when nothing more is to be done. */
async function strikesFirst(fault: Fault, response: ServerResponse): Promise<boolean> {
  switch (fault.kind) {
    case 'reset-before':
    case 'drop':
      response.socket?.resetAndDestroy();
      return true;
    case 'status':
      send(response, plannedAnswer(fault), fault.headers);
      return true;
    case 'slow':
      await sleep(fault.ms ?? 1000, undefined, { ref: false });
      return false;
    default:
      return false;
  }
}

/** Carries out the faults that come after the work was done. True when the answer must not be sent. */
function strikesLast(fault: Fault, response: ServerResponse, answer: Answer): boolean {
  switch (fault.kind) {
    case 'reset-after-accept':
      response.socket?.resetAndDestroy();
      return true;
    case 'timeout-after-accept':
      return true;
    case 'truncated':
      sendHalf(response, answer);
      return true;
    default:
      return false;
  }
}

interface RawCall {
  params: readonly string[];
  query: Query;
  /** Null: larger than the endpoint takes. */
  body: string | null;
}

/** In Postmark's order: token, headers, size, JSON; the rest is up to the endpoint. */
async function checked(
  provider: Provider,
  request: IncomingMessage,
  route: Route,
  { params, query, body }: RawCall,
): Promise<Answer> {
  const token = checkToken(request.headers, route.token, provider.account);
  if (token.kind === 'refused') return refuse(10, token.message, 401);
  const takesTest = route.takesTestToken || provider.settings.variants.testToken === 'everywhere';
  if (token.kind === 'test' && !takesTest) return refuse(10, noValidToken('server'), 401);
  if (!hasExpectedHeaders(request, body)) return { status: 415, body: '' };
  if (body === null) return tooLarge(provider);
  const json = parseJson(body);
  if (!json || (route.needsBody && json.value === undefined)) {
    return refuse(402, 'Received invalid JSON input.');
  }
  const server = token.kind === 'server' ? token.provider : provider;
  return route.run(server, { params, query, body: json.value, isTest: token.kind === 'test' });
}

function hasExpectedHeaders({ headers }: IncomingMessage, body: string | null): boolean {
  const accepts = /application\/(json|\*)|\*\/\*/i.test(headers.accept ?? '');
  return accepts && (body === '' || /application\/json/i.test(headers['content-type'] ?? ''));
}

function parseJson(body: string): { value: unknown } | null {
  if (body === '') return { value: undefined };
  try {
    return { value: JSON.parse(body) };
  } catch {
    return null;
  }
}

/** Usually no JSON, as the answer of an edge may be: what the body is, is not documented. */
function tooLarge({ settings }: Provider): Answer {
  const Message = 'Request Entity Too Large';
  return { status: 413, body: settings.variants.tooLarge === 'json' ? { Message } : Message };
}

function send(response: ServerResponse, answer: Answer, headers: Record<string, string> = {}): void {
  if (response.destroyed) return;
  const code = errorCodeOf(answer);
  response.writeHead(answer.status, {
    'Content-Type':
      typeof answer.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
    'Cache-Control': 'private',
    ...(code === null ? {} : { 'X-PM-ApiErrorCode': String(code) }),
    ...headers,
  });
  response.end(written(answer));
}

/** Half of the answer under the length of the whole, then the end of the connection. */
function sendHalf(response: ServerResponse, answer: Answer): void {
  const text = written(answer);
  response.writeHead(answer.status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
  });
  response.write(text.slice(0, Math.floor(text.length / 2)), () => response.socket?.destroy());
}

function written({ body }: Answer): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}
