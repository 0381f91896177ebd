import { parseCookie } from 'cookie';
import type { CookieOptions, Request, Response } from 'express';
import { locationOf } from '../page-location.ts';

/** A cookie of ours: HttpOnly, SameSite=Lax, and Secure where pages are reached by https. */
export interface OwnCookie {
  read(request: Request): string | undefined;
  set(request: Request, response: Response, value: string): void;
  clear(request: Request, response: Response): void;
}

/**
 * `publicUrl` says whether browsers come by https; without it each request does. It belongs to `path`, by default the one
 * under which a request finds these pages, so that several of them in one host keep apart. A `__Host-` cookie cannot be set
 * by a neighbouring host name, but takes the path `/`; under a longer path it is `__Secure-`. Without `keptMs` it is gone with
 * the browser.
 */
export function ownCookie(
  name: string,
  { publicUrl, path, keptMs }: { publicUrl?: string; path?: string; keptMs?: number },
): OwnCookie {
  const isSecure = (request: Request) => (publicUrl ? publicUrl.startsWith('https:') : request.secure);
  const nameFor = (request: Request) =>
    isSecure(request) ? `${pathFor(request) === '/' ? '__Host-' : '__Secure-'}${name}` : name;
  const pathFor = (request: Request) => path ?? mountOf(request);
  const options = (request: Request): CookieOptions => ({
    httpOnly: true,
    sameSite: 'lax',
    secure: isSecure(request),
    path: pathFor(request),
  });
  return {
    read: request => parseCookie(request.get('cookie') ?? '')[nameFor(request)],
    set(request, response, value) {
      response.cookie(nameFor(request), value, { ...options(request), ...(keptMs && { maxAge: keptMs }) });
    },
    clear: (request, response) => void response.clearCookie(nameFor(request), options(request)),
  };
}

// A path may hold what a cookie cannot say, such as a semicolon.
function mountOf({ res }: Request): string {
  const { outside } = locationOf(res as Response);
  return /^[\x21-\x3a\x3c-\x7e]+$/.test(outside) ? outside : '/';
}
