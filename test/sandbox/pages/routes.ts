import type { IncomingMessage, ServerResponse } from 'node:http';
import { renderDelivered } from '../contents.ts';
import { isLocal } from '../control/guard.ts';
import type { Provider } from '../provider.ts';
import { listPage } from './list.ts';
import { messagePage } from './message.ts';
import { unsubscribePage } from './unsubscribe.ts';

const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data: http: https:; form-action 'self'";

/** Answers a request for a page; false when it is not one. */
export async function answerPage(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<boolean> {
  if (!isLocal(request)) return false;
  const html = await findPage(provider, request.method ?? 'GET', url.pathname);
  if (html === null) return false;
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': POLICY });
  response.end(html);
  request.resume();
  return true;
}

async function findPage(provider: Provider, method: string, path: string): Promise<string | null> {
  if (path.startsWith('/sandbox/unsubscribe/')) return unsubscribePage(provider, path, method);
  if (method !== 'GET') return null;
  if (path === '/') return listPage(provider.messages.all());
  const id = /^\/sandbox\/messages\/([0-9a-f-]{36})$/.exec(path)?.[1];
  const message = id === undefined ? undefined : provider.messages.get(id);
  return message ? messagePage(message, await renderDelivered(provider, message)) : null;
}
