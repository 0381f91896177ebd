import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLocal } from '../control/guard.ts';
import type { Provider } from '../provider.ts';
import { type Answer, writeAnswer } from './answer.ts';
import { framed } from './frame.ts';
import { inboundPage } from './inbound.ts';
import { takePost } from './posts.ts';
import { SCRIPT, STYLE } from './style.ts';
import { trackedAnswer } from './tracked.ts';
import { unsubscribePage } from './unsubscribe.ts';
import { fileOf, frameOf, overview, reading } from './views.ts';

/** Answers a request for a page; false when it is not one. */
export async function answerPage(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<boolean> {
  if (!isLocal(request, provider.settings)) return false;
  const answer =
    request.method === 'POST'
      ? await takePost(provider, request, url)
      : await findPage(provider, request.method ?? 'GET', url);
  if (answer === null) return false;
  writeAnswer(response, answer);
  request.resume();
  return true;
}

async function findPage(
  provider: Provider,
  method: string,
  { pathname, searchParams }: URL,
): Promise<Answer | null> {
  if (method !== 'GET') return null;
  if (pathname.startsWith('/sandbox/unsubscribe/'))
    return unsubscribePage(provider, pathname, method, new URLSearchParams());
  if (/^\/sandbox\/(open|click)\//.test(pathname)) return trackedAnswer(provider, pathname);
  if (pathname === '/sandbox/style.css') return { type: 'text/css', content: STYLE };
  if (pathname === '/sandbox/live.js') return { type: 'text/javascript', content: SCRIPT };
  if (pathname === '/sandbox/inbound')
    return framed(provider, 'inbound', 'Inbound mail', inboundPage(provider));
  if (pathname === '/') return overview(provider, searchParams);
  const [, id = '', part, file] =
    /^\/sandbox\/messages\/([0-9a-f-]{36})(\/html|\/files\/(\d{1,4}))?$/.exec(pathname) ?? [];
  const message = provider.messages.get(id);
  if (!message) return null;
  if (file !== undefined) return fileOf(provider, message, Number(file));
  return part ? frameOf(provider, message, searchParams) : reading(provider, message, searchParams);
}
