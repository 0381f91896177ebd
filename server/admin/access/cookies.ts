import { parseCookie } from 'cookie';
import type { CookieOptions, Request, Response } from 'express';

/** A cookie of ours: HttpOnly, SameSite=Lax, and Secure where pages are reached by https. */
export interface OwnCookie {
  read(request: Request): string | undefined;
  set(request: Request, response: Response, value: string): void;
  clear(request: Request, response: Response): void;
}

/**
 * `publicUrl` says whether browsers come by https; without it each request does. A `__Host-` cookie cannot be set by
 * a neighbouring host name, but takes the path `/`; under a longer path it is `__Secure-`. Without `keptMs` it is gone
 * with the browser.
 */
export function ownCookie(
  name: string,
  { publicUrl, path = '/', keptMs }: { publicUrl?: string; path?: string; keptMs?: number },
): OwnCookie {
  const isSecure = (request: Request) => (publicUrl ? publicUrl.startsWith('https:') : request.secure);
  const nameFor = (request: Request) =>
    isSecure(request) ? `${path === '/' ? '__Host-' : '__Secure-'}${name}` : name;
  const options = (request: Request): CookieOptions => ({
    httpOnly: true,
    sameSite: 'lax',
    secure: isSecure(request),
    path,
  });
  return {
    read: request => parseCookie(request.get('cookie') ?? '')[nameFor(request)],
    set(request, response, value) {
      response.cookie(nameFor(request), value, { ...options(request), ...(keptMs && { maxAge: keptMs }) });
    },
    clear: (request, response) => void response.clearCookie(nameFor(request), options(request)),
  };
}
