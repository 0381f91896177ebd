import type { RequestHandler, Response } from 'express';
import { type OwnCookie, ownCookie } from './access/cookies.ts';
import { locationOf } from './page-location.ts';

/** One line about what was just done, or could not be. */
export interface Flash {
  tone: 'done' | 'failed';
  text: string;
}

// More would not fit into a cookie together with its encoding.
const longest = 800;

/** Chooses the cookie that carries messages: for https alone where `publicUrl` is. */
export function flashMessages(publicUrl: string | undefined): RequestHandler {
  const cookie = ownCookie('postlane-flash', { keptMs: 60_000, ...(publicUrl && { publicUrl }) });
  return (_request, response, next) => {
    response.locals.flashCookie = cookie;
    next();
  };
}

/**
 * Answers a form: redirects to `path`, relative to the app's first page, which shows the message once. A text alone
 * confirms what was done.
 */
export function redirectWithFlash(response: Response, path: string, flash: string | Flash): void {
  const { tone, text }: Flash = typeof flash === 'string' ? { tone: 'done', text: flash } : flash;
  const value = Buffer.from(JSON.stringify({ tone, text: text.slice(0, longest) })).toString('base64url');
  cookieOf(response).set(response.req, response, value);
  response.redirect(303, `${locationOf(response).mount}${path}`);
}

/** The message of this request, which is shown once; null when there is none, or when it is too late to show it. */
export function takeFlash(response: Response): Flash | null {
  const cookie = cookieOf(response);
  const value = cookie.read(response.req);
  if (!value || response.headersSent) return null;
  cookie.clear(response.req, response);
  return readFlash(value);
}

function cookieOf(response: Response): OwnCookie {
  return response.locals.flashCookie as OwnCookie;
}

// A cookie is a stranger's text like any other.
function readFlash(value: string): Flash | null {
  try {
    const { tone, text } = JSON.parse(Buffer.from(value, 'base64url').toString('utf8'));
    if (typeof text !== 'string' || text === '') return null;
    return { tone: tone === 'failed' ? 'failed' : 'done', text: text.slice(0, longest) };
  } catch {
    return null;
  }
}
