import type { Response, Router } from 'express';
import { returnPath } from '../../admin/access/return-path.ts';
import { formField } from '../../admin/form-parser.ts';
import { guardedRouter } from '../../admin/guarded-router.ts';
import { locationOf } from '../../admin/page-location.ts';
import type { Show } from '../../admin/views.ts';
import type { AccountsContext } from '../context.ts';
import { AccountError } from '../error.ts';
import { forms } from '../forms.ts';
import { statusOf } from '../page-errors.ts';
import { confirmPassword } from '../profile.ts';
import { confirmSession } from '../store/sessions-store.ts';
import { accountOf, ownSessionId, recordWrongPassword } from './page.ts';

/** Typing one's password again, on the way to a page that takes it. */
export function confirmationRouter(context: AccountsContext, show: Show): Router {
  const { router, get, post } = guardedRouter();

  get('/', 'own-account', ({ query }, response) => render(response, returnPath(query.return)));

  post('/', 'own-account', forms.confirmedPassword, async (request, response) => {
    const back = returnPath(request.body?.return);
    try {
      await confirmPassword(context, accountOf(response), formField(request, 'password'));
    } catch (error) {
      if (!(error instanceof AccountError)) throw error;
      await recordWrongPassword(context, response, error, 'profile/confirmation');
      render(response, back, error);
      return;
    }
    await confirmSession(context.db, ownSessionId(response), context.now());
    response.redirect(303, `${locationOf(response).mount}${back.slice(2)}`);
  });

  function render(response: Response, back: string, error?: AccountError): void {
    const data = { account: accountOf(response), back, problem: error?.message ?? null };
    show(response, 'profile/confirmation', data, error ? statusOf(error) : 200);
  }

  return router;
}
