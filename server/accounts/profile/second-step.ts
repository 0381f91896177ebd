import { type Response, Router } from 'express';
import QRCode from 'qrcode';
import { redirectWithFlash } from '../../admin/flash.ts';
import { formField } from '../../admin/form-parser.ts';
import { notFound, PageError } from '../../admin/page-error.ts';
import { locationOf } from '../../admin/page-location.ts';
import type { Show } from '../../admin/views.ts';
import type { AccountsContext } from '../context.ts';
import { beginSecondStep, completeSecondStep, endSecondStep, waitingSecret } from '../own-account.ts';
import { totpUri } from '../totp.ts';
import { accountOf, ownSessionId } from './own.ts';
import type { ProfilePage } from './page.ts';

/** Setting one's second step up, and turning it off. */
export function secondStepRouter(context: AccountsContext, show: Show, page: ProfilePage): Router {
  const router = Router();

  router.post('/', (request, response) =>
    page.orSay(response, 'second-step', async () => {
      await beginSecondStep(context, accountOf(response), formField(request, 'password'));
      response.redirect(303, `${locationOf(response).mount}profile/second-step`);
    }),
  );

  router.get('/', (_request, response) => showSetUp(response, null));

  router.get('/code.svg', async (_request, response) => {
    const uri = totpUri(secretOf(response), accountOf(response).email);
    const image = await QRCode.toString(uri, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 });
    response.type('image/svg+xml').send(image);
  });

  router.post('/confirmation', async (request, response) => {
    try {
      const codes = await completeSecondStep(
        context,
        accountOf(response),
        formField(request, 'code'),
        ownSessionId(response),
      );
      // Shown in the answer itself and nowhere else: they are not kept in a readable form.
      show(response, 'profile/recovery-codes', { codes });
    } catch (error) {
      if (!(error instanceof PageError)) throw error;
      showSetUp(response, error.message);
    }
  });

  router.post('/removal', (request, response) =>
    page.orSay(response, 'second-step', async () => {
      await endSecondStep(context, accountOf(response), formField(request, 'password'));
      redirectWithFlash(response, 'profile', 'The second step is off: your password alone lets you in.');
    }),
  );

  function showSetUp(response: Response, problem: string | null): void {
    const secret = secretOf(response).replace(/(.{4})(?=.)/g, '$1 ');
    show(response, 'profile/second-step', { secret, problem }, problem ? 422 : 200);
  }

  function secretOf(response: Response): string {
    const secret = waitingSecret(context, accountOf(response));
    if (!secret) throw notFound('No second step is being set up. Begin on your profile.');
    return secret;
  }

  return router;
}
