import type { RequestHandler, Response } from 'express';
import { type OwnCookie, ownCookie } from './access/cookies.ts';
import { placeOf } from './place.ts';

/** One line about what was just done, or could not be. */
export interface Notice {
  tone: 'done' | 'failed';
  text: string;
}

// More would not fit into a cookie together with its encoding.
const longest = 800;

/** Says how the cookie of notices is kept: for https alone where `publicUrl` is. */
export function keepNotices(publicUrl: string | undefined): RequestHandler {
  const cookie = ownCookie('postlane-notice', { keptMs: 60_000, ...(publicUrl && { publicUrl }) });
  return (_request, response, next) => {
    response.locals.noticeCookie = cookie;
    next();
  };
}

/**
 * Answers a form: see `path`, relative to the app's first page, which shows the notice once. A text alone says that
 * something was done.
 */
export function redirectWith(response: Response, path: string, notice: string | Notice): void {
  const { tone, text }: Notice = typeof notice === 'string' ? { tone: 'done', text: notice } : notice;
  const value = Buffer.from(JSON.stringify({ tone, text: text.slice(0, longest) })).toString('base64url');
  cookieOf(response).set(response.req, response, value);
  response.redirect(303, `${placeOf(response).mount}${path}`);
}

/** The notice that came along, which is shown now and never again; null when there is none, or when it is too late to take it. */
export function takeNotice(response: Response): Notice | null {
  const cookie = cookieOf(response);
  const value = cookie.read(response.req);
  if (!value || response.headersSent) return null;
  cookie.clear(response.req, response);
  return readNotice(value);
}

function cookieOf(response: Response): OwnCookie {
  return response.locals.noticeCookie as OwnCookie;
}

// A cookie is a stranger's text like any other.
function readNotice(value: string): Notice | null {
  try {
    const { tone, text } = JSON.parse(Buffer.from(value, 'base64url').toString('utf8'));
    if (typeof text !== 'string' || text === '') return null;
    return { tone: tone === 'failed' ? 'failed' : 'done', text: text.slice(0, longest) };
  } catch {
    return null;
  }
}
