import type { RequestHandler } from 'express';
import { isSafe } from '../admin/access/csrf.ts';
import { wantsJson } from '../admin/access/require-sign-in.ts';
import { sessionOf } from '../admin/access/session.ts';
import { PageError } from '../admin/page-error.ts';
import { locationOf } from '../admin/page-location.ts';
import type { AccountsContext } from './context.ts';
import type { Account } from './store/accounts-store.ts';

/** True for an account whose role takes a second step. */
export function takesSecondStep({ secondStep }: AccountsContext, { role }: Pick<Account, 'role'>): boolean {
  return secondStep.includes(role);
}

/** True for an account that has to set its second step up before anything else. */
export function owesSecondStep(
  context: AccountsContext,
  account: Pick<Account, 'role' | 'totpSecret'>,
): boolean {
  return takesSecondStep(context, account) && account.totpSecret === null;
}

/** Leads people who owe their second step to where they set it up; nothing else is open to them but to sign out. */
export const requireSecondStep: RequestHandler = (request, response, next) => {
  if (!sessionOf(response).owesSecondStep || isSetUp(request.path)) return next();
  if (!isSafe(request) || wantsJson(request)) return next(owed());
  return response.redirect(303, `${locationOf(response).mount}profile/two-factor`);
};

// As the routes below read a path: without regard to case, with or without a slash at its end.
function isSetUp(path: string): boolean {
  return /^\/profile\/two-factor(\/(code\.svg|confirmation)?)?$/i.test(path);
}

function owed(): PageError {
  return new PageError(
    403,
    'Set up two-factor authentication first',
    'Your role requires it. Nothing was changed. Open any page to set it up, then do this again.',
    'second-step-owed',
  );
}
