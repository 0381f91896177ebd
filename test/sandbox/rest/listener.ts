import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { plannedAnswer } from '../fault-answer.ts';
import type { Fault } from '../faults.ts';
import type { Provider } from '../provider.ts';
import { type Answer, errorCodeOf, refuse } from './answer.ts';
import { readBody } from './body.ts';
import { checkToken, noValidToken } from './credentials.ts';
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
  if (body === null) return tooLarge(request, response);
  const fault = provider.faults.take(route.name, () => `${request.url} ${body}`);
  if (fault && (await strikesFirst(fault, response))) return;
  const answer = await checked(provider, request, route, {
    params,
    query: new Query(url.searchParams),
    body,
  });
  if (fault && strikesLast(fault, response, answer)) return;
  if (provider.settings.latencyMs > 0) await sleep(provider.settings.latencyMs, undefined, { ref: false });
  send(response, answer);
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
  body: string;
}

async function checked(
  provider: Provider,
  request: IncomingMessage,
  route: Route,
  { params, query, body }: RawCall,
): Promise<Answer> {
  const token = checkToken(request.headers, route.token, provider.account);
  if (token.kind === 'refused') return refuse(10, token.message, 401);
  if (token.kind === 'test' && !route.takesTestToken) return refuse(10, noValidToken('server'), 401);
  if (!hasExpectedHeaders(request, body)) return { status: 415, body: '' };
  const json = parseJson(body);
  if (!json) return refuse(402, 'Received invalid JSON input.');
  const server = token.kind === 'server' ? token.provider : provider;
  return route.run(server, { params, query, body: json.value, isTest: token.kind === 'test' });
}

function hasExpectedHeaders({ headers }: IncomingMessage, body: string): boolean {
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

/** The body was not read to its end, so the connection cannot be used again. */
function tooLarge(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Connection', 'close');
  send(response, { status: 413, body: 'Request Entity Too Large' });
  request.resume();
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
