import type { RequestHandler, Router } from 'express';
import type { Mail } from '../mail/index.ts';
import { guardedRouter } from './guarded-router.ts';
import { Page, type PageHandler } from './page.ts';
import type { Permission } from './permissions.ts';
import type { Show } from './views.ts';

/** The pages of a section; each says what somebody has to be allowed to do. */
export interface GuardedPages {
  get(path: string, permission: Permission, handler: PageHandler): void;
  post(path: string, permission: Permission, handler: PageHandler): void;
  /** What Express mounts. */
  readonly router: Router;
}

/** A router for pages, closed by default. */
export function guardedPages(mail: Mail, show: Show): GuardedPages {
  const { get, post, router } = guardedRouter();
  const answering =
    (handler: PageHandler): RequestHandler =>
    (request, response) =>
      handler(new Page(mail, show, request, response));
  return {
    get: (path, permission, handler) => get(path, permission, answering(handler)),
    post: (path, permission, handler) => post(path, permission, answering(handler)),
    router,
  };
}
