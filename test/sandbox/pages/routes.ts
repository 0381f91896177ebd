import { type Request, type RequestHandler, Router } from 'express';
import { isLocal, isOwnPage } from '../control/guard.ts';
import { readBody, searchOf } from '../http/request.ts';
import { receive } from '../inbound/receive.ts';
import type { Provider } from '../state/provider.ts';
import type { CapturedMessage } from '../store/messages.ts';
import { type Answer, writeAnswer } from './answer.ts';
import { framed } from './frame.ts';
import { inboundPage } from './inbound.ts';
import { performAction } from './message-actions.ts';
import { readListView, writeListView } from './search.ts';
import { SCRIPT, STYLE } from './style.ts';
import { trackedAnswer } from './tracked.ts';
import { unsubscribePage } from './unsubscribe.ts';
import { fileOf, frameOf, overview, reading } from './views.ts';

type Page = (request: Request) => Answer | null | Promise<Answer | null>;

/** The pages of the sandbox, and what the links in its mails lead to. */
export function pageRoutes(provider: Provider): Router {
  const router = Router({ strict: true, caseSensitive: true });
  router.use((request, _, next) => (isLocal(request, provider.settings) ? next() : next('router')));

  router.get(
    '/',
    page(request => overview(provider, searchOf(request))),
  );
  router.get(
    '/sandbox/style.css',
    page(() => ({ type: 'text/css', content: STYLE })),
  );
  router.get(
    '/sandbox/live.js',
    page(() => ({ type: 'text/javascript', content: SCRIPT })),
  );
  router.get(
    ['/sandbox/open/*path', '/sandbox/click/*path'],
    page(({ path }) => trackedAnswer(provider, path)),
  );

  const ofMessage = (
    show: (message: CapturedMessage, request: Request) => ReturnType<Page>,
  ): RequestHandler =>
    page(request => {
      const message = provider.messages.get(String(request.params.id));
      return message ? show(message, request) : null;
    });
  router.get(
    '/sandbox/messages/:id',
    ofMessage((message, request) => reading(provider, message, searchOf(request))),
  );
  router.get(
    '/sandbox/messages/:id/html',
    ofMessage((message, request) => frameOf(provider, message, searchOf(request))),
  );
  router.get(
    '/sandbox/messages/:id/files/:number',
    ofMessage((message, { params }) => fileOf(provider, message, Number(params.number))),
  );
  router.post(
    '/sandbox/messages/:id/:action',
    ownForm,
    readForm,
    ofMessage((message, request) => takeAction(provider, message, request)),
  );

  router.get(
    '/sandbox/inbound',
    page(() => framed(provider, 'inbound', 'Inbound mail', inboundPage(provider))),
  );
  router.post(
    '/sandbox/inbound',
    ownForm,
    readForm,
    page(request => takeInbound(provider, request)),
  );

  // Not from our own pages alone: mail programs send the one-click kind.
  const unsubscribe = page(request =>
    unsubscribePage(provider, request.path, request.method, new URLSearchParams(request.body ?? '')),
  );
  router.get('/sandbox/unsubscribe/*path', unsubscribe);
  router.post('/sandbox/unsubscribe/*path', readForm, unsubscribe);
  return router;
}

/** What the pages do not have is left to the routes behind them. */
function page(show: Page): RequestHandler {
  return async (request, response, next) => {
    const answer = await show(request);
    if (answer === null) next();
    else writeAnswer(response, answer);
  };
}

const readForm = readBody(1_000_000);

/** Lets only forms of our own pages through. */
const ownForm: RequestHandler = (request, _, next) => {
  const isForm = /^application\/x-www-form-urlencoded/i.test(request.headers['content-type'] ?? '');
  if (isForm && isOwnPage(request)) next();
  else next('router');
};

async function takeAction(
  provider: Provider,
  message: CapturedMessage,
  request: Request,
): Promise<Answer | null> {
  const form = new URLSearchParams(request.body ?? '');
  if (!(await performAction(provider, message, String(request.params.action), form))) return null;
  const search = searchOf(request);
  const more = { view: search.get('view') ?? '', recipient: form.get('recipient') ?? '0' };
  return { seeOther: `/sandbox/messages/${message.id}${writeListView(readListView(search), more)}` };
}

async function takeInbound(provider: Provider, { body }: Request): Promise<Answer> {
  const form = new URLSearchParams(body ?? '');
  const field = (name: string): string => form.get(name) ?? '';
  const mail = { from: field('from'), to: field('to'), subject: field('subject'), text: field('text') };
  await receive(provider, mail);
  return { seeOther: '/sandbox/inbound' };
}
