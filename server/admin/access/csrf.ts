import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
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
  /** True for a form of a page of ours in this browser, also when its session is over: what it holds is safe to keep. */
  isOwnForm(request: Request, response: Response): boolean;
}

/**
 * A token is a signature over a random cookie of the browser and over the session or person, and one over the cookie alone. Neither another site
 * nor another person's token gets by, and nothing has to be stored; it works alike for accounts and for a host's people.
 */
export function csrfProtection({ secretKeys, publicUrl }: CsrfOptions): CsrfProtection {
  const sessions = signatures(secretKeys, 'form');
  const browsers = signatures(secretKeys, 'form of a browser');
  const cookie = ownCookie('postlane-form', { ...(publicUrl && { publicUrl }) });
  return {
    issue(request, response, next) {
      let browser = cookie.read(request);
      if (!browser || !/^[\w-]{22}$/.test(browser)) {
        browser = randomBytes(16).toString('base64url');
        cookie.set(request, response, browser);
      }
      response.locals.browser = browser;
      // One for the session, and one that outlives it.
      const parts = [sessions.sign(`${browser}\n${sessionOf(response).binding}`), browsers.sign(browser)];
      response.locals.csrf = parts.join('.');
      next();
    },
    check(request, response, next) {
      const text = `${response.locals.browser}\n${sessionOf(response).binding}`;
      const genuine =
        isSafe(request) ||
        (originOf(request, publicUrl) !== 'elsewhere' && sessions.verify(text, tokenIn(request).session));
      removeOurFields(request);
      next(genuine ? undefined : forged());
    },
    isOwnForm: (request, response) =>
      originOf(request, publicUrl) === 'here' &&
      browsers.verify(String(response.locals.browser), tokenIn(request).browser),
  };
}

/** True for a request that changes nothing. */
export function isSafe({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

// Browsers say where a request comes from: Sec-Fetch-Site over https and on localhost, Origin everywhere. What is no
// browser says neither, and cannot be misled.
function originOf(request: Request, publicUrl: string | undefined): 'here' | 'elsewhere' | 'unknown' {
  const site = request.get('sec-fetch-site');
  if (site === 'none') return 'unknown';
  if (site !== undefined) return site === 'same-origin' ? 'here' : 'elsewhere';
  const origin = request.get('origin');
  if (origin === undefined) return 'unknown';
  if (publicUrl && URL.canParse(publicUrl) && origin === new URL(publicUrl).origin) return 'here';
  const host = URL.canParse(origin) ? new URL(origin).host : null;
  return host !== null && (host === request.host || host === request.get('host')) ? 'here' : 'elsewhere';
}

function tokenIn(request: Request): { session: string; browser: string } {
  const { _csrf: field }: { _csrf?: unknown } = request.body ?? {};
  const token = request.get('x-csrf-token') ?? (typeof field === 'string' ? field : '');
  const [session = '', browser = ''] = token.split('.', 2);
  return { session, browser };
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
