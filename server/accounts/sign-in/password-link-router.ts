import type { RequestHandler, Router } from 'express';
import { redirectWithFlash } from '../../admin/flash.ts';
import { formField } from '../../admin/form-parser.ts';
import { guardedRouter } from '../../admin/guarded-router.ts';
import type { Show } from '../../admin/views.ts';
import type { BrowserCookies } from '../browser-cookies.ts';
import type { AccountsContext } from '../context.ts';
import { AccountError } from '../error.ts';
import { forms } from '../forms.ts';
import { linkMailProblem } from '../link-mail.ts';
import { acceptLink, accountOfLink, forgottenHours, mailForgotten } from '../links.ts';
import { recordFailure } from '../lockout.ts';
import { statusOf } from '../page-errors.ts';
import { longestPassword, newPassword, shortestPassword } from '../passwords/rules.ts';
import { callerAddress, rateLimit, tooManyRequests } from './rate-limit.ts';

/**
 * Choosing a password by a link, of an invitation or for a forgotten password. Opening the link does not use it up: mail
 * programs open links before people do.
 */
export function passwordLinkRouter(
  context: AccountsContext,
  cookies: BrowserCookies,
  show: Show,
  check: RequestHandler,
): Router {
  const { router, get, post } = guardedRouter();
  const limited = rateLimit(context);

  get('/forgotten-password', 'sign-in', (_request, response) => {
    show(response, 'sign-in/forgotten', { mails: linkMailProblem(context) === null });
  });

  post(
    '/forgotten-password',
    'sign-in',
    forms.forgottenPassword,
    rateLimit(context),
    check,
    async (request, response) => {
      const counted = await recordFailure(context, { kind: 'address', network: callerAddress(request) });
      if (counted.lockedUntil) throw tooManyRequests();
      if (linkMailProblem(context)) return show(response, 'sign-in/forgotten', { mails: false }, 503);
      redirectWithFlash(response, 'sign-in', linkMailed);
      // After the answer, which is the same and takes the same time whether there is such an account or not.
      mailForgotten(context, formField(request, 'email')).catch(error =>
        context.mail.log.error({ err: error }, 'a link for a forgotten password could not be made'),
      );
    },
  );

  get('/invitation/:token', 'sign-in', limited, async ({ params }, response) => {
    show(response, 'sign-in/invitation', await pageOf(String(params.token), null));
  });

  post('/invitation/:token', 'sign-in', forms.newPassword, limited, check, async (request, response) => {
    const token = String(request.params.token);
    try {
      const password = newPassword(formField(request, 'password'), formField(request, 'again'));
      const account = await acceptLink(context, token, password, callerAddress(request));
      // A link alone does not replace the second factor.
      if (account.totpSecret)
        return redirectWithFlash(response, 'sign-in', 'Your password is set. Sign in with it.');
      await cookies.beginSession(response, account);
      return redirectWithFlash(response, '', `Welcome, ${account.name}.`);
    } catch (error) {
      if (!(error instanceof AccountError) || error.code !== 'password-unfit') throw error;
      return show(response, 'sign-in/invitation', await pageOf(token, error.message), statusOf(error));
    }
  });

  async function pageOf(token: string, problem: string | null): Promise<object> {
    const { account, purpose } = await accountOfLink(context, token);
    const { email, name, role } = account;
    const joining = purpose === 'invitation';
    return { token, email, name, role, joining, problem, shortestPassword, longestPassword };
  }

  return router;
}

const linkMailed = `If there is an account with this address, we have mailed a link to choose a new password. It works once, for ${
  forgottenHours === 1 ? 'one hour' : `${forgottenHours} hours`
}.`;
