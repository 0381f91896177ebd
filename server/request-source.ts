import type { Request } from 'express';
import type { SecurityEvent } from './mail/index.ts';

/** Where a request came from, as a security event tells it. */
export type RequestSource = Pick<SecurityEvent, 'address' | 'route' | 'userAgent'>;

/** The path of a request as it may be logged: without the token that is the secret of a link. */
export function loggedPath({ path }: Pick<Request, 'path'>): string {
  return path.replace(/\/(confirm|unsubscribe|preferences|invitation)\/[^/]+/gi, '/$1/:token');
}

/** `path` is the part of the path that holds no secret, such as `sign-in`; the address is the caller's, proxies aside. */
export function sourceOf(request: Request, path: string): RequestSource {
  const userAgent = request.get('user-agent');
  return {
    address: request.ip ?? 'unknown',
    route: `${request.method} ${path}`,
    ...(userAgent && { userAgent }),
  };
}
