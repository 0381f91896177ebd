import { type RequestHandler, Router } from 'express';
import { redirectWithFlash } from '../admin/flash.ts';
import { formField } from '../admin/form-parser.ts';
import { PageError } from '../admin/page-error.ts';
import type { Show } from '../admin/views.ts';
import type { Browsers } from './browsers.ts';
import type { AccountsContext } from './context.ts';
import { acceptLink, accountOfLink } from './invitations.ts';
import { longestPassword, shortestPassword } from './password-rules.ts';
import { fewEnough } from './rate-limit.ts';

/**
 * The page a link leads to, where its owner chooses a password. Opening it uses nothing up: mail programs open links
 * before people do.
 */
export function invitationRouter(
  context: AccountsContext,
  browsers: Browsers,
  show: Show,
  check: RequestHandler,
): Router {
  const router = Router();
  const slowly = fewEnough(context);

  router.get('/invitation/:token', slowly, async ({ params }, response) => {
    show(response, 'sign-in/invitation', await pageOf(String(params.token), null));
  });

  router.post('/invitation/:token', slowly, check, async (request, response) => {
    const token = String(request.params.token);
    try {
      const account = await acceptLink(
        context,
        token,
        newPasswordIn(formField(request, 'password'), formField(request, 'again')),
      );
      // Who has a second step shows it when signing in: a link alone does not replace it.
      if (account.totpSecret)
        return redirectWithFlash(response, 'sign-in', 'Your password is set. Sign in with it.');
      await browsers.begin(response, account);
      return redirectWithFlash(response, '', `Welcome, ${account.name}.`);
    } catch (error) {
      if (!(error instanceof PageError) || error.status !== 422) throw error;
      return show(response, 'sign-in/invitation', await pageOf(token, error.message), 422);
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

function newPasswordIn(password: string, again: string): string {
  if (password !== again) throw new PageError(422, 'Not changed', 'The two passwords differ.');
  return password;
}
