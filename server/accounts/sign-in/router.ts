import type { RequestHandler, Response, Router } from 'express';
import { returnPath } from '../../admin/access/return-path.ts';
import { sessionOf } from '../../admin/access/session.ts';
import { redirectWithFlash } from '../../admin/flash.ts';
import { formField } from '../../admin/form-parser.ts';
import { guardedRouter } from '../../admin/guarded-router.ts';
import { locationOf } from '../../admin/page-location.ts';
import type { Show } from '../../admin/views.ts';
import { sourceOf } from '../../request-source.ts';
import type { BrowserCookies } from '../browser-cookies.ts';
import { clearStorage } from '../clear-storage.ts';
import type { AccountsContext } from '../context.ts';
import { forms } from '../forms.ts';
import { sendNotice } from '../notices.ts';
import { signOut } from '../sessions.ts';
import { type Refused, signIn, signInWithCode } from '../sign-in.ts';
import { type Account, hasAccounts } from '../store/accounts-store.ts';
import { showSignIn } from './page.ts';
import { callerAddress, rateLimit } from './rate-limit.ts';

/** Signing in by password and code, and signing out. */
export function signInRouter(
  context: AccountsContext,
  cookies: BrowserCookies,
  show: Show,
  check: RequestHandler,
): Router {
  const { router, get, post } = guardedRouter();
  const limited = rateLimit(context);

  get('/sign-in', 'sign-in', async ({ query }, response) => {
    const back = returnPath(query.return);
    if (sessionOf(response).person) return response.redirect(303, back);
    const unclaimed = !(await hasAccounts(context.db));
    return showSignIn(response, show, { back, ended: query.ended === 'yes', unclaimed });
  });

  post('/sign-in', 'sign-in', forms.signIn, limited, check, async (request, response) => {
    const [email, password, back] = [
      formField(request, 'email'),
      formField(request, 'password'),
      returnPath(request.body?.return),
    ];
    const result = await signIn(context, {
      email,
      password,
      network: callerAddress(request),
      source: sourceOf(request, 'sign-in'),
      deviceOf: id => cookies.deviceOf(request, id),
    });
    if (result.kind === 'signed-in') return begin(response, result.account, back);
    if (result.kind === 'code-needed')
      return show(response, 'sign-in/code', { token: result.token, back, problem: null });
    const { status, problem } = refusal(context, response, result, 'Wrong e-mail address or password.');
    return showSignIn(response, show, { back, email, problem, status });
  });

  post('/sign-in/code', 'sign-in', forms.signInCode, limited, check, async (request, response) => {
    const [token, code, back] = [
      formField(request, 'token'),
      formField(request, 'code'),
      returnPath(request.body?.return),
    ];
    const result = await signInWithCode(context, { token, code, source: sourceOf(request, 'sign-in/code') });
    if (result.kind === 'signed-in') return begin(response, result.account, back);
    const { status, problem } = refusal(context, response, result, wrongCode);
    if (result.kind === 'expired') return showSignIn(response, show, { back, problem, status });
    return show(response, 'sign-in/code', { token, back, problem }, status);
  });

  post('/sign-out', 'sign-in', forms.none, check, async (_request, response) => {
    const { person, sessionId } = sessionOf(response);
    if (person && sessionId) await signOut(context, person.id, sessionId);
    cookies.clearSession(response);
    clearStorage(context, response);
    redirectWithFlash(response, 'sign-in', 'You are signed out.');
  });

  // A session always begins with a token of its own: one that came along, planted or not, is ended.
  async function begin(response: Response, account: Account, back: string): Promise<void> {
    const { person, sessionId } = sessionOf(response);
    if (person && sessionId) await signOut(context, person.id, sessionId);
    const isNewBrowser = account.seenAt !== null && cookies.deviceOf(response.req, account.id) === null;
    const { browser } = await cookies.beginSession(response, account);
    if (isNewBrowser) await sendNotice(context, account.id, 'new-browser', { browser });
    response.redirect(303, `${locationOf(response).mount}${back.slice(2)}`);
  }

  return router;
}

const wrongCode =
  'That code is wrong or has been used. Wait for the next one, and check that your phone sets its clock automatically.';

function refusal(
  { now }: AccountsContext,
  response: Response,
  result: Refused,
  wrong: string,
): { status: number; problem: string } {
  if (result.kind === 'wrong') return { status: 422, problem: wrong };
  if (result.kind === 'expired') return { status: 422, problem: 'That took too long. Please sign in again.' };
  const seconds = Math.max(Math.ceil((result.until.getTime() - now().getTime()) / 1000), 1);
  response.set('Retry-After', String(seconds));
  const wait = seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : `${seconds} seconds`;
  return { status: 429, problem: `Too many failed attempts. Try again in ${wait}.` };
}
