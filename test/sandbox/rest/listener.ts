import { setTimeout as sleep } from 'node:timers/promises';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Fault } from '../faults/faults.ts';
import { plannedAnswer } from '../faults/planned-answer.ts';
import { readBody, searchOf } from '../http/request.ts';
import type { Provider } from '../state/provider.ts';
import { type Answer, errorCodeOf, refuse } from './answer.ts';
import { checkToken, noValidToken } from './credentials.ts';
import { delayed } from './delayed.ts';
import { Query } from './query.ts';
import type { Route } from './routes.ts';
import { ROUTES } from './table.ts';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Every endpoint of the API; paths are taken in any case, with or without a trailing slash. */
export function restRoutes(provider: Provider): Router {
  const router = Router();
  for (const route of ROUTES) {
    const [method = '', path = ''] = route.name.split(' ');
    const pattern = path.replace(/\{(\w+)\}/g, ':$1');
    router[method.toLowerCase() as Method](pattern, readBody(route.limit), answerRest(provider, route));
  }
  return router;
}

/** Answers one REST request: carries out a planned fault, or checks in the documented order and handles it. */
function answerRest(provider: Provider, route: Route): RequestHandler {
  return async (request, response) => {
    const fault = provider.faults.take(route.name, () => `${request.url} ${request.body ?? ''}`);
    if (fault && (await failsBefore(fault, response))) return;
    const answer = await checked(provider, request, route);
    if (fault && failsAfter(fault, response, answer)) return;
    const { latencyMs } = provider.settings;
    if (latencyMs > 0) await sleep(latencyMs, undefined, { ref: false });
    send(response, fault?.kind === 'delayed' ? delayed(answer) : answer);
  };
}

/** Carries out the faults that come before the work. True when nothing more is to be done. */
async function failsBefore(fault: Fault, response: Response): Promise<boolean> {
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
function failsAfter(fault: Fault, response: Response, answer: Answer): boolean {
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

/** In Postmark's order: token, headers, size, JSON; the rest is up to the endpoint. */
async function checked(provider: Provider, request: Request, route: Route): Promise<Answer> {
  const token = checkToken(request.headers, route.token, provider.account);
  if (token.kind === 'refused') return refuse(10, token.message, 401);
  const takesTest = route.takesTestToken || provider.settings.variants.testToken === 'everywhere';
  if (token.kind === 'test' && !takesTest) return refuse(10, noValidToken('server'), 401);
  const text: string | null = request.body;
  if (!hasExpectedHeaders(request, text)) return { status: 415, body: '' };
  if (text === null) return tooLarge(provider);
  const json = parseJson(text);
  if (!json || (route.needsBody && json.value === undefined)) {
    return refuse(402, 'Received invalid JSON input.');
  }
  const server = token.kind === 'server' ? token.provider : provider;
  const params = Object.values(request.params).map(String);
  return route.run(server, {
    params,
    query: new Query(searchOf(request)),
    body: json.value,
    isTest: token.kind === 'test',
  });
}

function hasExpectedHeaders({ headers }: Request, body: string | null): boolean {
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

/** Sends an answer with the headers that each of Postmark's has. */
export function send(response: Response, answer: Answer, headers: Record<string, string> = {}): void {
  if (response.destroyed) return;
  const { status, body } = answer;
  const code = errorCodeOf(answer);
  const type = typeof body === 'string' ? 'text/plain' : 'application/json';
  response.writeHead(status, {
    'Content-Type': `${type}; charset=utf-8`,
    'Cache-Control': 'private',
    ...(code === null ? {} : { 'X-PM-ApiErrorCode': String(code) }),
    ...headers,
  });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Half of the answer under the length of the whole, then the end of the connection. */
function sendHalf(response: Response, { status, body }: Answer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
  });
  response.write(text.slice(0, Math.floor(text.length / 2)), () => response.socket?.destroy());
}
