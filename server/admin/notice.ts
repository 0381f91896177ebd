import { parseCookie } from 'cookie';
import type { Response } from 'express';
import { placeOf } from './place.ts';

/** One line about what was just done, or could not be. */
export interface Notice {
  tone: 'done' | 'failed';
  text: string;
}

const cookie = 'postlane-notice';
// More would not fit into a cookie together with its encoding.
const longest = 800;

/**
 * Answers a form: see `path`, relative to the app's first page, which shows the notice once. A text alone says that
 * something was done.
 */
export function redirectWith(response: Response, path: string, notice: string | Notice): void {
  const { tone, text }: Notice = typeof notice === 'string' ? { tone: 'done', text: notice } : notice;
  const value = Buffer.from(JSON.stringify({ tone, text: text.slice(0, longest) })).toString('base64url');
  response.cookie(cookie, value, { httpOnly: true, sameSite: 'lax', path: '/', maxAge: 60_000 });
  response.redirect(303, `${placeOf(response).mount}${path}`);
}

/** The notice that came along, which is shown now and never again; null when there is none. */
export function takeNotice(response: Response): Notice | null {
  const value = parseCookie(response.req.get('cookie') ?? '')[cookie];
  if (!value) return null;
  response.clearCookie(cookie, { path: '/' });
  return readNotice(value);
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
