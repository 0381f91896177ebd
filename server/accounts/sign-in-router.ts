import { type RequestHandler, type Response, Router } from 'express';
import { returnPath } from '../admin/access/return-path.ts';
import { sessionOf } from '../admin/access/session.ts';
import { redirectWithFlash } from '../admin/flash.ts';
import { formField } from '../admin/form-parser.ts';
import { locationOf } from '../admin/page-location.ts';
import type { Show } from '../admin/views.ts';
import type { Browsers } from './browsers.ts';
import type { AccountsContext } from './context.ts';
import { callerAddress, fewEnough } from './rate-limit.ts';
import { signOut } from './sessions.ts';
import { type Refused, signIn, signInWithCode } from './sign-in.ts';
import { showSignIn } from './sign-in-page.ts';
import { type Account, anybodyCanSignIn } from './store/accounts.ts';

/** Coming in by password and code, and going out. */
export function signInRouter(
  context: AccountsContext,
  browsers: Browsers,
  show: Show,
  check: RequestHandler,
): Router {
  const router = Router();
  const slowly = fewEnough(context);

  router.get('/sign-in', async ({ query }, response) => {
    const back = returnPath(query.return);
    if (sessionOf(response).person) return response.redirect(303, back);
    const unclaimed = !(await anybodyCanSignIn(context.db));
    return showSignIn(response, show, { back, ended: query.ended === 'yes', unclaimed });
  });

  router.post('/sign-in', slowly, check, async (request, response) => {
    const [email, password, back] = [
      formField(request, 'email'),
      formField(request, 'password'),
      returnPath(request.body?.return),
    ];
    const result = await signIn(context, {
      email,
      password,
      address: callerAddress(request),
      knownAs: id => browsers.knownAs(request, id),
    });
    if (result.kind === 'in') return letIn(response, result.account, back);
    if (result.kind === 'code')
      return show(response, 'sign-in/code', { ticket: result.ticket, back, problem: null });
    const { status, problem } = refusal(
      context,
      response,
      result,
      'The e-mail address or the password is wrong.',
    );
    return showSignIn(response, show, { back, email, problem, status });
  });

  router.post('/sign-in/code', slowly, check, async (request, response) => {
    const [ticket, code, back] = [
      formField(request, 'ticket'),
      formField(request, 'code'),
      returnPath(request.body?.return),
    ];
    const result = await signInWithCode(context, { ticket, code });
    if (result.kind === 'in') return letIn(response, result.account, back);
    const { status, problem } = refusal(context, response, result, wrongCode);
    if (result.kind === 'late') return showSignIn(response, show, { back, problem, status });
    return show(response, 'sign-in/code', { ticket, back, problem }, status);
  });

  router.post('/sign-out', check, async (_request, response) => {
    const { person, sessionId } = sessionOf(response);
    if (person && sessionId) await signOut(context, person.id, sessionId);
    browsers.leave(response);
    redirectWithFlash(response, 'sign-in', 'You are signed out.');
  });

  // A session always begins with a token of its own: one that came along, planted or not, is ended.
  async function letIn(response: Response, account: Account, back: string): Promise<void> {
    const { person, sessionId } = sessionOf(response);
    if (person && sessionId) await signOut(context, person.id, sessionId);
    await browsers.begin(response, account);
    response.redirect(303, `${locationOf(response).mount}${back.slice(2)}`);
  }

  return router;
}

const wrongCode =
  'That code is not right, or has been used. Wait for the next one, and check that the clock of your phone is set by itself.';

function refusal(
  { now }: AccountsContext,
  response: Response,
  result: Refused,
  wrong: string,
): { status: number; problem: string } {
  if (result.kind === 'wrong') return { status: 422, problem: wrong };
  if (result.kind === 'late') return { status: 422, problem: 'That took too long. Sign in from the start.' };
  const seconds = Math.max(Math.ceil((result.until.getTime() - now().getTime()) / 1000), 1);
  response.set('Retry-After', String(seconds));
  const wait = seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : `${seconds} seconds`;
  return { status: 429, problem: `There were too many wrong tries. Try again in ${wait}.` };
}
