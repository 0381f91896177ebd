import { type RequestHandler, Router, type RouterOptions } from 'express';
import type { FormGate } from './form-gate.ts';
import { allow, type Permission } from './permissions.ts';

/**
 * A router whose every route says what somebody has to be allowed to do, and each change what its form may hold: there is no
 * way to add one without.
 */
export interface GuardedRouter {
  get(path: string, permission: Permission, ...handlers: RequestHandler[]): void;
  /** The last handler finds in `request.body` what the form's gate made of it. */
  post(
    path: string,
    permission: Permission,
    form: FormGate,
    ...handlers: [...before: RequestHandler[], last: RequestHandler]
  ): void;
  /** What Express mounts, and what takes middleware. */
  readonly router: Router;
}

/** A router that is closed by default. */
export function guardedRouter(options: RouterOptions = {}): GuardedRouter {
  const router = Router(options);
  return {
    get: (path, permission, ...handlers) => void router.get(path, allow(permission), ...handlers),
    post: (path, permission, form, ...handlers) =>
      void router.post(path, allow(permission), ...handlers.slice(0, -1), form, ...handlers.slice(-1)),
    router,
  };
}
