import type { Request, RequestHandler, Response } from 'express';
import { showSignIn } from '../../accounts/sign-in-page.ts';
import { PageError } from '../page-error.ts';
import { allow } from '../person.ts';
import { placeOf } from '../place.ts';
import type { Show } from '../views.ts';
import { isSafe } from './forgery.ts';
import { returnPath } from './return-path.ts';
import { visitOf } from './visit.ts';

/** Lets in who has been recognised. Others are shown the way in, or are told that the host decides. */
export function gate(show: Show): RequestHandler {
  return (request, response, next) => {
    const { person, accounts, ended = false } = visitOf(response);
    if (person) next();
    else if (wantsJson(request)) next(signedOut());
    else if (!accounts)
      response.status(403).type('text').send('Not allowed. The host decides who may see these pages.\n');
    else if (isSafe(request)) response.redirect(303, wayIn(response, ended));
    else interrupted(request, response, show, ended);
  };
}

/** Changes take an editor at least; each route names a higher role where it takes one. */
export const changesTakeEditors: RequestHandler = (request, response, next) => {
  if (isSafe(request)) next();
  else allow('editor')(request, response, next);
};

/** True when a script asks, which can read JSON but not a page. */
export function wantsJson(request: Request): boolean {
  return request.accepts(['html', 'json']) === 'json';
}

function signedOut(): PageError {
  return new PageError(
    401,
    'Signed out',
    'You are signed out. Sign in in another tab, then try again.',
    'signed-out',
  );
}

function wayIn(response: Response, ended: boolean): string {
  const { mount, page } = placeOf(response);
  const query = new URLSearchParams({ ...(page && { return: page }), ...(ended && { ended: 'yes' }) });
  return `${mount}sign-in${query.size > 0 ? `?${query}` : ''}`;
}

/** The fields of a form under the names they were sent by, such as `locales[nl][subject]`. */
function textsIn(fields: object, inside?: string): { name: string; value: string }[] {
  return Object.entries(fields).flatMap(([key, value]: [string, unknown]) => {
    const name = inside === undefined ? key : `${inside}[${key}]`;
    if (typeof value === 'string') return [{ name, value }];
    return typeof value === 'object' && value !== null ? textsIn(value, name) : [];
  });
}

// What was typed comes back to who typed it, so that the end of a session costs nobody their work.
function interrupted(request: Request, response: Response, show: Show, ended: boolean): void {
  const { _page: page, ...fields }: Record<string, unknown> = request.body ?? {};
  const typed = textsIn(fields).filter(
    ({ name, value }) => value !== '' && !/^_csrf$|password|code/i.test(name),
  );
  showSignIn(response, show, { back: returnPath(page), ended, interrupted: true, typed, status: 401 });
}
