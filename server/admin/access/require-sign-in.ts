import type { Request, RequestHandler, Response } from 'express';
import type { Mail } from '../../mail/index.ts';
import { sourceOf } from '../../request-source.ts';
import { PageError } from '../page-error.ts';
import { locationOf } from '../page-location.ts';
import type { Show } from '../views.ts';
import type { Access } from './access.ts';
import { type CsrfProtection, isSafe } from './csrf.ts';
import { returnPath } from './return-path.ts';
import { sessionOf } from './session.ts';

/** Lets signed-in people through. Others are sent to the sign-in page, ours or the host's, or told that the host decides. */
export function requireSignIn(
  { accounts, askToSignIn }: Access,
  show: Show,
  security: Mail['security'],
  isOwnForm: CsrfProtection['isOwnForm'],
): RequestHandler {
  return async (request, response, next) => {
    const { person, ended = false, forbidden = false } = sessionOf(response);
    if (forbidden)
      await security.record({ kind: 'access.refuse', ...sourceOf(request, locationOf(response).section) });
    if (person) next();
    else if (wantsJson(request)) next(signedOut());
    else if (accounts && isSafe(request)) response.redirect(303, signInPath(response, ended));
    else if (accounts) {
      const kept = isOwnForm(request, response) ? keptFrom(request) : nothingKept;
      accounts.showInterrupted(response, show, { ...kept, ended });
    } else if (!askToSignIn || forbidden) response.status(403).type('text').send(closed);
    else if (isSafe(request)) askToSignIn(request, response, next);
    // A form cannot be sent on to a sign-in page and back: the browser still has it.
    else next(signedOut());
  };
}

const closed = 'Not allowed. The host application decides who may use these pages.\n';

/** True when a script asks, which can read JSON but not a page. */
export function wantsJson(request: Request): boolean {
  return request.accepts(['html', 'json']) === 'json';
}

function signedOut(): PageError {
  return new PageError(
    401,
    'Signed out',
    'You are signed out. Nothing was changed. Sign in in another tab, then go back and try again.',
    'signed-out',
  );
}

function signInPath(response: Response, ended: boolean): string {
  const { mount, page } = locationOf(response);
  const query = new URLSearchParams({ ...(page && { return: page }), ...(ended && { ended: 'yes' }) });
  return `${mount}sign-in${query.size > 0 ? `?${query}` : ''}`;
}

// Another site's form leaves nothing: what it holds would be put into a form of ours after signing in.
const nothingKept = { back: './', fields: [] };

// What was typed comes back to the person who typed it, so that the end of a session costs nobody their work.
function keptFrom({ body }: Request) {
  const { _page: page, ...fields }: Record<string, unknown> = body ?? {};
  const isKept = ({ name, value }: Field) => value !== '' && !/^_csrf$|password|code/i.test(name);
  return { back: returnPath(page), fields: textsIn(fields).filter(isKept) };
}

interface Field {
  name: string;
  value: string;
}

/** The fields of a form under the names they were sent by, such as `locales[nl][subject]`. */
function textsIn(fields: object, inside?: string): Field[] {
  return Object.entries(fields).flatMap(([key, value]: [string, unknown]) => {
    const name = inside === undefined ? key : `${inside}[${key}]`;
    if (typeof value === 'string') return [{ name, value }];
    return typeof value === 'object' && value !== null ? textsIn(value, name) : [];
  });
}
