import { Router } from 'express';
import { redirectWithFlash } from '../../admin/flash.ts';
import { formField } from '../../admin/form-parser.ts';
import { PageError } from '../../admin/page-error.ts';
import type { Show } from '../../admin/views.ts';
import type { Browsers } from '../browsers.ts';
import type { AccountsContext } from '../context.ts';
import { changePassword } from '../own-account.ts';
import { signOut } from '../sessions.ts';
import { accountOf, ownAccount, ownSessionId } from './own.ts';
import { profilePage } from './page.ts';
import { secondStepRouter } from './second-step.ts';

/** One's own account: password, second step, sessions. */
export function profileRouter(context: AccountsContext, browsers: Browsers, show: Show): Router {
  const router = Router();
  const page = profilePage(context, show);
  router.use(ownAccount(context));

  router.get('/', (_request, response) => page.show(response));

  router.post('/password', (request, response) =>
    page.orSay(response, 'password', async () => {
      const [current, next] = [formField(request, 'current'), formField(request, 'password')];
      if (next !== formField(request, 'again')) {
        throw new PageError(422, 'Not changed', 'The two new passwords differ.');
      }
      await changePassword(context, accountOf(response), { current, next });
      await browsers.begin(response, accountOf(response));
      redirectWithFlash(response, 'profile', 'Your password is changed. Your other sessions have ended.');
    }),
  );

  router.use('/second-step', secondStepRouter(context, show, page));

  router.post('/sign-outs', async (request, response) => {
    const which = formField(request, 'session');
    const everywhere = which === 'all';
    await signOut(context, accountOf(response).id, everywhere ? 'all' : which);
    if (!everywhere && which !== ownSessionId(response)) {
      redirectWithFlash(response, 'profile', 'That session has ended.');
      return;
    }
    browsers.leave(response);
    redirectWithFlash(
      response,
      'sign-in',
      everywhere ? 'You are signed out everywhere.' : 'You are signed out.',
    );
  });

  return router;
}
