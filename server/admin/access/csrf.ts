import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { PageError } from '../page-error.ts';
import { ownCookie } from './cookies.ts';
import { sessionOf } from './session.ts';

/** Where the protection takes its keys and the address of the pages from. */
export interface CsrfOptions {
  secretKeys: readonly string[];
  publicUrl?: string;
}

/** Keeps other sites from acting in a person's name. */
export interface CsrfProtection {
  /** Gives every page its token, in `locals.csrf`. */
  issue: RequestHandler;
  /** Refuses a change that brings no token of this browser and this session, or comes from another site. */
  check: RequestHandler;
}

/**
 * A token is a signature over a random cookie of the browser and over the session or person. Neither another site
 * nor another person's token gets by, and nothing has to be stored; it works alike for accounts and for a host's people.
 */
export function csrfProtection({ secretKeys, publicUrl }: CsrfOptions): CsrfProtection {
  const tokens = signatures(secretKeys, 'form');
  const cookie = ownCookie('postlane-form', { ...(publicUrl && { publicUrl }) });
  return {
    issue(request, response, next) {
      let browser = cookie.read(request);
      if (!browser || !/^[\w-]{22}$/.test(browser)) {
        browser = randomBytes(16).toString('base64url');
        cookie.set(request, response, browser);
      }
      response.locals.browser = browser;
      response.locals.csrf = tokens.sign(`${browser}\n${sessionOf(response).binding}`);
      next();
    },
    check(request, response, next) {
      const text = `${response.locals.browser}\n${sessionOf(response).binding}`;
      const genuine =
        isSafe(request) || (isFromHere(request, publicUrl) && tokens.verify(text, tokenIn(request)));
      removeOurFields(request);
      next(genuine ? undefined : forged());
    },
  };
}

/** True for a request that changes nothing. */
export function isSafe({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
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
function removeOurFields({ body }: Request): void {
  if (typeof body !== 'object' || body === null) return;
  delete body._csrf;
  delete body._page;
}

function forged(): PageError {
  return new PageError(
    403,
    'This form has expired',
    'Nothing was changed. Go back, reload the page and send the form again.',
    'forged',
  );
}

/** Signs texts for one purpose; a signature for another purpose does not count. */
export interface Signatures {
  sign(text: string): string;
  verify(text: string, signature: string): boolean;
}

/** `keys` with the newest first: it signs, all of them are accepted, so that a key can be replaced at work. */
export function signatures(keys: readonly string[], purpose: string): Signatures {
  const macs = keys.map(
    key => (text: string) => createHmac('sha256', key).update(`${purpose}\n${text}`).digest(),
  );
  const [newest] = macs;
  if (!newest) throw new Error('There is no key to sign with.');
  return {
    sign: text => newest(text).toString('base64url'),
    verify(text, signature) {
      const given = Buffer.from(signature, 'base64url');
      return macs
        .map(mac => mac(text))
        .map(expected => expected.length === given.length && timingSafeEqual(expected, given))
        .some(Boolean);
    },
  };
}
