import type { RequestHandler, Response, Router } from 'express';
import { sessionOf } from '../../admin/access/session.ts';
import { redirectWithFlash } from '../../admin/flash.ts';
import { formField } from '../../admin/form-parser.ts';
import { guardedRouter } from '../../admin/guarded-router.ts';
import { notFound } from '../../admin/page-error.ts';
import type { Show } from '../../admin/views.ts';
import type { BrowserCookies } from '../browser-cookies.ts';
import { clearStorage } from '../clear-storage.ts';
import type { AccountsContext } from '../context.ts';
import { forms } from '../forms.ts';
import { newPassword } from '../passwords/rules.ts';
import { changePassword } from '../profile.ts';
import { signOut } from '../sessions.ts';
import { findAccount } from '../store/accounts-store.ts';
import { confirmationRouter } from './confirmation-router.ts';
import { accountOf, ownSessionId, profilePage } from './page.ts';
import { twoFactorRouter } from './two-factor-router.ts';

/** One's own account: password, two-factor authentication, sessions. */
export function profileRouter(context: AccountsContext, cookies: BrowserCookies, show: Show): Router {
  const { router, get, post } = guardedRouter();
  const page = profilePage(context, show);
  router.use(requireAccount(context));

  get('/', 'own-account', (_request, response) => page.show(response));

  post('/password', 'own-account', forms.changedPassword, (request, response) =>
    page.orShowProblem(response, 'password', async () => {
      const current = formField(request, 'current');
      const next = newPassword(formField(request, 'password'), formField(request, 'again'));
      await changePassword(context, accountOf(response), { current, next });
      await cookies.beginSession(response, accountOf(response));
      redirectWithFlash(response, 'profile', 'Password changed. Your other sessions have ended.');
    }),
  );

  router.use('/two-factor', twoFactorRouter(context, show, page));
  router.use('/confirmation', confirmationRouter(context, show));

  post('/sign-outs', 'own-account', forms.session, async (request, response) => {
    const which = formField(request, 'session');
    await signOut(context, accountOf(response).id, which);
    if (which !== 'all' && which !== ownSessionId(response))
      return redirectWithFlash(response, 'profile', 'Session ended.');
    cookies.clearSession(response);
    clearStorage(context, response);
    const everywhere = which === 'all' ? 'You are signed out everywhere.' : 'You are signed out.';
    return redirectWithFlash(response, 'sign-in', everywhere);
  });

  return router;
}

/** Only for people who have an account here: a host's people, and the developer of an open app, have none. */
function requireAccount({ db }: AccountsContext): RequestHandler {
  return async (_request, response: Response, next) => {
    const { person, sessionId } = sessionOf(response);
    const account = person && sessionId ? await findAccount(db, person.id) : null;
    if (!account) throw notFound('You have no account here.');
    response.locals.account = account;
    next();
  };
}
