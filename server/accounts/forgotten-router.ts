import { type RequestHandler, Router } from 'express';
import { redirectWithFlash } from '../admin/flash.ts';
import { formField } from '../admin/form-parser.ts';
import type { Show } from '../admin/views.ts';
import type { AccountsContext } from './context.ts';
import { forgottenHours, mailForgotten } from './forgotten.ts';
import { countTry } from './lockout.ts';
import { callerAddress, fewEnough, tooOften } from './rate-limit.ts';

/** For who has forgotten the password: asks for the address and mails a link there. */
export function forgottenRouter(context: AccountsContext, show: Show, check: RequestHandler): Router {
  const router = Router();

  router.get('/forgotten-password', (_request, response) => show(response, 'sign-in/forgotten', {}));

  router.post('/forgotten-password', fewEnough(context), check, async (request, response) => {
    if (await countTry(context, 'address', callerAddress(request))) throw tooOften();
    redirectWithFlash(response, 'sign-in', asked);
    // After the answer, which is the same and takes the same time whether there is such an account or not.
    mailForgotten(context, formField(request, 'email')).catch(error =>
      context.mail.log.error({ err: error }, 'a link for a forgotten password could not be made'),
    );
  });

  return router;
}

const asked = `If there is an account with this address, a link to choose a new password is on its way there. It works once, for ${
  forgottenHours === 1 ? 'an hour' : `${forgottenHours} hours`
}.`;
