import { type RequestHandler, Router, type RouterOptions } from 'express';
import { allow, type Permission } from './permissions.ts';

/** A router whose every route says what somebody has to be allowed to do: there is no way to add one without. */
export interface GuardedRouter {
  get(path: string, permission: Permission, ...handlers: RequestHandler[]): void;
  post(path: string, permission: Permission, ...handlers: RequestHandler[]): void;
  /** What Express mounts, and what takes middleware. */
  readonly router: Router;
}

/** A router that is closed by default. */
export function guardedRouter(options: RouterOptions = {}): GuardedRouter {
  const router = Router(options);
  return {
    get: (path, permission, ...handlers) => void router.get(path, allow(permission), ...handlers),
    post: (path, permission, ...handlers) => void router.post(path, allow(permission), ...handlers),
    router,
  };
}
