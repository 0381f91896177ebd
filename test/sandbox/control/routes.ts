import type { IncomingMessage, ServerResponse } from 'node:http';
import { createActions } from '../actions.ts';
import { whenIdle } from '../idle.ts';
import { type Provider, resetProvider } from '../provider.ts';
import { readBody } from '../rest/body.ts';
import { takeEvent } from './event-input.ts';
import { readFault } from './fault-input.ts';
import { isLocal } from './guard.ts';
import { summarise } from './summary.ts';

interface Control {
  provider: Provider;
  caCertificate: string;
  query: URLSearchParams;
  body: unknown;
}

/** What a control call answers: JSON, or a text that says what was wrong with the request. */
type Reply = { json: unknown } | { wrong: string };

const done: Reply = { json: { done: true } };

const ROUTES: Readonly<Record<string, (control: Control) => Reply | Promise<Reply>>> = {
  'GET /sandbox/summary': ({ provider }) => ({ json: summarise(provider) }),
  'GET /sandbox/copies': ({ provider }) => ({
    json: Object.fromEntries(provider.messages.copiesByAttempt()),
  }),
  'GET /sandbox/recipients': ({ provider }) => ({
    json: Object.fromEntries(provider.messages.copiesByRecipient()),
  }),
  'GET /sandbox/certificate': ({ caCertificate }) => ({ json: { caCertificate } }),
  'GET /sandbox/idle': async ({ provider, query }) => {
    await whenIdle(provider, query.get('withRetries') === 'true');
    return done;
  },
  'GET /sandbox/faults': ({ provider }) => ({ json: provider.faults.list() }),
  'POST /sandbox/faults': ({ provider, body }) => {
    const fault = readFault(body);
    if (typeof fault === 'string') return { wrong: fault };
    provider.faults.add(fault);
    return done;
  },
  'DELETE /sandbox/faults': ({ provider }) => {
    provider.faults.clear();
    return done;
  },
  'POST /sandbox/webhook': ({ provider, body }) => {
    const receiver = readReceiver(body);
    if (typeof receiver === 'string') return { wrong: receiver };
    provider.webhooks.setReceiver(receiver.url, receiver.credentials);
    return done;
  },
  'POST /sandbox/events': ({ provider, body }) => {
    const wrong = takeEvent(createActions(provider), body);
    return wrong === null ? done : { wrong };
  },
  'POST /sandbox/reset': ({ provider }) => {
    resetProvider(provider);
    return done;
  },
};

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
  if (!handler || !isLocal(request))
    return reply(response, 404, { wrong: 'There is no such control call here.' });
  const text = await readBody(request, 1_000_000);
  if (request.method !== 'GET' && !/^application\/json/i.test(request.headers['content-type'] ?? '')) {
    return reply(response, 415, { wrong: 'Content-Type must be application/json.' });
  }
  const body = parse(text ?? '');
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

function readReceiver(
  body: unknown,
): { url: string | null; credentials?: { username: string; password: string } } | string {
  const { url, username, password } = Object(body) as Record<string, unknown>;
  if (url === null) return { url };
  if (typeof url !== 'string' || !URL.canParse(url)) return 'url must be an address or null.';
  if (username === undefined) return { url };
  if (typeof username !== 'string' || typeof password !== 'string')
    return 'username and password must be texts.';
  return { url, credentials: { username, password } };
}
