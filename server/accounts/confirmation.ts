import type { RequestHandler } from 'express';
import { isSafe } from '../admin/access/csrf.ts';
import { wantsJson } from '../admin/access/require-sign-in.ts';
import { sessionOf } from '../admin/access/session.ts';
import { PageError } from '../admin/page-error.ts';
import { locationOf } from '../admin/page-location.ts';
import type { AccountsContext } from './context.ts';

const minuteMs = 60_000;

/** How long after the password was typed a page that needs it opens, and how long a form on such a page may be sent. */
const confirmedFor = { page: 15 * minuteMs, form: 30 * minuteMs };

/** Asks for the password again before pages on which a session that was left open could do lasting harm. */
export function requireConfirmation({ now }: AccountsContext): RequestHandler {
  return (request, response, next) => {
    const { confirmedAt } = sessionOf(response);
    // Nobody without an account of ours has a password here.
    const age = confirmedAt ? now().getTime() - confirmedAt.getTime() : 0;
    if (age < (isSafe(request) ? confirmedFor.page : confirmedFor.form)) return next();
    if (!isSafe(request) || wantsJson(request)) return next(unconfirmed());
    const { mount, page } = locationOf(response);
    return response.redirect(303, `${mount}profile/confirmation?${new URLSearchParams({ return: page })}`);
  };
}

function unconfirmed(): PageError {
  return new PageError(
    403,
    'Enter your password first',
    'This takes your password every now and then. Nothing was changed. Open the page again, enter it, and do this again.',
    'unconfirmed',
  );
}
