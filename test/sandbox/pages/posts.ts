import type { IncomingMessage } from 'node:http';
import { isOwnPage } from '../control/guard.ts';
import { receive } from '../inbound/receive.ts';
import type { Provider } from '../provider.ts';
import { readBody } from '../rest/body.ts';
import type { Answer } from './answer.ts';
import { readListView, writeListView } from './search.ts';
import { takeAct } from './take-act.ts';
import { unsubscribePage } from './unsubscribe.ts';

/** What the forms of the pages send. Only an unsubscribe may come from elsewhere: mail programs send it. */
export async function takePost(
  provider: Provider,
  request: IncomingMessage,
  url: URL,
): Promise<Answer | null> {
  const { pathname, searchParams } = url;
  const isUnsubscribe = pathname.startsWith('/sandbox/unsubscribe/');
  const act = /^\/sandbox\/messages\/([0-9a-f-]{36})\/(\w+)$/.exec(pathname);
  const isForm = /^application\/x-www-form-urlencoded/i.test(request.headers['content-type'] ?? '');
  if (!isUnsubscribe && !(isForm && isOwnPage(request) && (act || pathname === '/sandbox/inbound')))
    return null;
  const form = new URLSearchParams((await readBody(request, 1_000_000)) ?? '');
  if (isUnsubscribe) return unsubscribePage(provider, pathname, 'POST', form);
  if (!act) return takeInbound(provider, form);
  const message = provider.messages.get(act[1] ?? '');
  if (!message || !(await takeAct(provider, message, act[2] ?? '', form))) return null;
  const more = { view: searchParams.get('view') ?? '', recipient: form.get('recipient') ?? '0' };
  return { seeOther: `/sandbox/messages/${message.id}${writeListView(readListView(searchParams), more)}` };
}

async function takeInbound(provider: Provider, form: URLSearchParams): Promise<Answer> {
  const field = (name: string): string => form.get(name) ?? '';
  const mail = { from: field('from'), to: field('to'), subject: field('subject'), text: field('text') };
  await receive(provider, mail);
  return { seeOther: '/sandbox/inbound' };
}
