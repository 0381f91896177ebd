import { randomBytes } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { PageError } from '../page-error.ts';
import { ownCookie } from './cookies.ts';
import { signatures } from './signatures.ts';
import { visitOf } from './visit.ts';

/** Where the guard takes its keys and the address of the pages from. */
export interface GuardOptions {
  secretKeys: readonly string[];
  publicUrl?: string;
}

/** Keeps other sites from acting in a person's name (CSRF). */
export interface ForgeryGuard {
  /** Gives every page its token, in `locals.csrf`. */
  offer: RequestHandler;
  /** Refuses a change that brings no token of this browser and this session, or comes from another site. */
  check: RequestHandler;
}

/**
 * A token is a signature over a random cookie of the browser and over the session or person. Neither another site
 * nor another person's token gets by, and nothing has to be stored; it works alike for accounts and for a host's people.
 */
export function forgeryGuard({ secretKeys, publicUrl }: GuardOptions): ForgeryGuard {
  const tokens = signatures(secretKeys, 'form');
  const cookie = ownCookie('postlane-form', { ...(publicUrl && { publicUrl }) });
  return {
    offer(request, response, next) {
      let browser = cookie.read(request);
      if (!browser || !/^[\w-]{22}$/.test(browser)) {
        browser = randomBytes(16).toString('base64url');
        cookie.set(request, response, browser);
      }
      response.locals.browser = browser;
      response.locals.csrf = tokens.sign(`${browser}\n${visitOf(response).binding}`);
      next();
    },
    check(request, response, next) {
      const text = `${response.locals.browser}\n${visitOf(response).binding}`;
      const genuine =
        isSafe(request) || (isFromHere(request, publicUrl) && tokens.holds(text, tokenIn(request)));
      takeOurFields(request);
      next(genuine ? undefined : forged());
    },
  };
}

/** True for a request that changes nothing. */
export function isSafe({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

/** Refuses changes that another site asks for, by what the browser says alone: for pages that know no token. */
export function refuseOtherSites(publicUrl?: string): RequestHandler {
  return (request, _response, next) =>
    next(isSafe(request) || isFromHere(request, publicUrl) ? undefined : forged());
}

// Browsers say where a request comes from: Sec-Fetch-Site over https and on localhost, Origin everywhere. What is no
// browser says neither, and cannot be misled.
function isFromHere(request: Request, publicUrl: string | undefined): boolean {
  const site = request.get('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = request.get('origin');
  if (origin === undefined) return true;
  if (publicUrl && URL.canParse(publicUrl) && origin === new URL(publicUrl).origin) return true;
  const host = URL.canParse(origin) ? new URL(origin).host : null;
  return host !== null && (host === request.host || host === request.get('host'));
}

function tokenIn(request: Request): string {
  const header = request.get('x-csrf-token');
  if (header !== undefined) return header;
  const { _csrf: field }: { _csrf?: unknown } = request.body ?? {};
  return typeof field === 'string' ? field : '';
}

// Handlers see what people typed, not what the form carries for us.
function takeOurFields({ body }: Request): void {
  if (typeof body !== 'object' || body === null) return;
  delete body._csrf;
  delete body._page;
}

function forged(): PageError {
  return new PageError(
    403,
    'This form is not one of ours, or is too old',
    'Nothing was changed. Go back, load the page again and send the form from there.',
    'forged',
  );
}
