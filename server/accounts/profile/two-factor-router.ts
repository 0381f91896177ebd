import type { Response, Router } from 'express';
import QRCode from 'qrcode';
import { redirectWithFlash } from '../../admin/flash.ts';
import { formField } from '../../admin/form-parser.ts';
import { guardedRouter } from '../../admin/guarded-router.ts';
import { notFound } from '../../admin/page-error.ts';
import { locationOf } from '../../admin/page-location.ts';
import type { Show } from '../../admin/views.ts';
import type { AccountsContext } from '../context.ts';
import { AccountError } from '../error.ts';
import { forms } from '../forms.ts';
import { beginTwoFactor, completeTwoFactor, pendingSecret, removeTwoFactor } from '../profile.ts';
import { owesSecondStep } from '../second-step.ts';
import { totpUri } from '../two-factor.ts';
import { accountOf, ownSessionId, type ProfilePage } from './page.ts';

/** Setting up one's two-factor authentication, and turning it off. */
export function twoFactorRouter(context: AccountsContext, show: Show, page: ProfilePage): Router {
  const { router, get, post } = guardedRouter();

  post('/', 'own-account', forms.currentPassword, (request, response) =>
    page.orShowProblem(response, 'two-factor', async () => {
      await beginTwoFactor(context, accountOf(response), formField(request, 'password'));
      response.redirect(303, `${locationOf(response).mount}profile/two-factor`);
    }),
  );

  get('/', 'own-account', (_request, response) => {
    const account = accountOf(response);
    // The page that says why comes first.
    const begins = owesSecondStep(context, account) && pendingSecret(context, account) === null;
    return begins ? page.show(response) : showSetup(response, null);
  });

  get('/code.svg', 'own-account', async (_request, response) => {
    const uri = totpUri(secretOf(response), accountOf(response).email);
    const image = await QRCode.toString(uri, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 });
    response.type('image/svg+xml').send(image);
  });

  post('/confirmation', 'own-account', forms.confirmationCode, async (request, response) => {
    try {
      const codes = await completeTwoFactor(
        context,
        accountOf(response),
        formField(request, 'code'),
        ownSessionId(response),
      );
      // Shown in the answer itself and nowhere else: they are not kept in a readable form.
      show(response, 'profile/recovery-codes', { codes });
    } catch (error) {
      if (!(error instanceof AccountError)) throw error;
      showSetup(response, error.message);
    }
  });

  post('/removal', 'own-account', forms.currentPassword, (request, response) =>
    page.orShowProblem(response, 'two-factor', async () => {
      await removeTwoFactor(context, accountOf(response), formField(request, 'password'));
      redirectWithFlash(
        response,
        'profile',
        'Two-factor authentication is off. You sign in with your password alone.',
      );
    }),
  );

  function showSetup(response: Response, problem: string | null): void {
    const secret = secretOf(response).replace(/(.{4})(?=.)/g, '$1 ');
    const account = accountOf(response);
    const owed = owesSecondStep(context, account);
    show(response, 'profile/two-factor', { secret, problem, owed, account }, problem ? 422 : 200);
  }

  function secretOf(response: Response): string {
    const secret = pendingSecret(context, accountOf(response));
    if (!secret) throw notFound('Two-factor authentication is not being set up. Start on your account page.');
    return secret;
  }

  return router;
}
