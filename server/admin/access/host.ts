import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, RequestHandler } from 'express';
import { backInHost } from '../../host/own-express.ts';
import { locationOf } from '../page-location.ts';
import { isRole, type Person } from '../person.ts';
import type { Access } from './access.ts';
import { isSafe } from './csrf.ts';

declare global {
  namespace Express {
    // What hosts and their middleware say a request has, such as `user` of passport and `session` of express-session.
    interface Request {}
    interface Response {}
  }
}

/** A request of the host's Express, whatever its version. */
export interface HostRequest extends IncomingMessage, Express.Request {}

/** A response of the host's Express, whatever its version. */
export interface HostResponse extends ServerResponse, Express.Response {}

/**
 * What a host's `authenticate` may answer: a person; `true` for an admin without a name; `false` or nothing when nobody is
 * signed in; `'forbidden'` for somebody who is signed in and may not use the pages.
 */
export type Authenticated = Person | boolean | 'forbidden' | null | undefined;

/** How a host says who uses the pages, and where people sign in. */
export interface HostAccessOptions {
  /**
   * Who is asking, and in which role. Called for every page, on the host's own request, before its body is read. Without it
   * the pages are closed.
   */
  authenticate?(request: HostRequest): Authenticated | Promise<Authenticated>;
  /**
   * The host's sign-in page. People who are not signed in are sent there; `{return}` in it stands for the path of the page
   * they asked for, such as in `/login?next={return}`; without it, `return` is added to the query.
   */
  signInUrl?: string | undefined;
  /**
   * Answers people who are not signed in, in place of `signInUrl`, with the host's own request and response. Scripts of
   * the pages get a 401 all the same.
   */
  onUnauthenticated?(request: HostRequest, response: HostResponse): unknown;
}

/** The host's answer to who is asking. */
export type Authenticate = NonNullable<HostAccessOptions['authenticate']>;

/** Access as the host decides it, for each request. */
export function hostAccess(options: HostAccessOptions): Access {
  const { authenticate = () => false } = options;
  const csrfHint = hintingAtCsrf();
  const answers = new WeakMap<IncomingMessage, Promise<Authenticated>>();
  const ask = (request: IncomingMessage): Promise<Authenticated> => {
    const asked = answers.get(request) ?? (async () => authenticate(request as HostRequest))();
    answers.set(request, asked);
    return asked;
  };
  return {
    // What it throws is for `identify` to tell, which answers with a page.
    prepare: request => ask(request).then(none, none),
    async identify(request) {
      const answer = await ask(request);
      const person = personFrom(answer);
      const hint = csrfHint(request);
      return {
        ...{ person, accounts: false, binding: person?.id ?? '', forbidden: answer === 'forbidden' },
        ...(hint && { hint }),
      };
    },
    ...askingToSignIn(options),
  };
}

function none(): void {}

/** Tells of a CSRF protection of the host before these pages, until a form gets past it: it does not know our tokens. */
function hintingAtCsrf(): (request: Request) => string | null {
  let isPassed = false;
  return request => {
    if (typeof (request as { csrfToken?: unknown }).csrfToken !== 'function') return null;
    isPassed ||= !isSafe(request);
    return isPassed
      ? null
      : 'A CSRF protection of the host runs before these pages and refuses their forms, which have a protection of their own: mount Postlane before it.';
  };
}

function askingToSignIn({ signInUrl, onUnauthenticated }: HostAccessOptions): Pick<Access, 'askToSignIn'> {
  if (onUnauthenticated)
    return {
      askToSignIn: (request, response, next) => {
        const fail = backInHost(response) ?? next;
        (async () => onUnauthenticated(request as HostRequest, response as HostResponse))().catch(fail);
      },
    };
  return signInUrl === undefined ? {} : { askToSignIn: redirectingTo(signInUrl) };
}

function redirectingTo(signInUrl: string): RequestHandler {
  return (request, response) => response.redirect(303, signInAddress(signInUrl, pageAddress(request)));
}

/** The path of a page as browsers see it: it leads to no other site, whatever a request says. */
function pageAddress({ res }: Request): string {
  const { outside, page } = locationOf(res as NonNullable<typeof res>);
  // Two slashes would begin the name of a host.
  return page === '' && outside !== '' ? outside : `${outside}/${page}`.replace(/^[/\\]+/, '/');
}

function signInAddress(signInUrl: string, back: string): string {
  const encoded = encodeURIComponent(back);
  if (signInUrl.includes('{return}')) return signInUrl.replaceAll('{return}', encoded);
  return `${signInUrl}${signInUrl.includes('?') ? '&' : '?'}return=${encoded}`;
}

// The name of a role decides what somebody may do: one we do not know is an error of the host's code, never guessed.
function personFrom(answer: Authenticated): Person | null {
  if (answer === true) return { id: 'host', name: 'host', role: 'admin' };
  if (!answer || answer === 'forbidden') return null;
  const { id, name, role, email } = answer;
  if (typeof id !== 'string' || id === '' || id.length > 200 || typeof name !== 'string' || !isRole(role)) {
    throw new TypeError("authenticate must return { id, name, role }, true, 'forbidden', or nothing.");
  }
  // Many hosts have null for what they do not know.
  if (email !== undefined && email !== null && typeof email !== 'string')
    throw new TypeError('The email that authenticate returns must be a string, or left out.');
  return { id, name, role, ...(email && { email }) };
}
