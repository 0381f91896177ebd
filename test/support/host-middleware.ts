import { createRequire } from 'node:module';
import express, { type Express, type RequestHandler } from 'express';
import type { Response } from 'supertest';
import type { HostMiddleware } from '../../server/app.ts';
import { postForm, visitForms } from './forms.ts';

const require = createRequire(import.meta.url);

/** The Express of a host. Version 4 is used as far as both versions are alike. */
export type HostExpress = (() => Express) &
  Pick<typeof express, 'json' | 'urlencoded' | 'raw' | 'text' | 'Router'>;

/** The versions of Express that hosts have. */
export const hostExpresses: Readonly<Record<'Express 4' | 'Express 5', HostExpress>> = {
  'Express 4': require('express4') as HostExpress,
  'Express 5': express as unknown as HostExpress,
};

/** Middleware that hosts mount, by the name of its package; without types of its own. */
export function middleware(
  name:
    | 'compression'
    | 'cookie-parser'
    | 'csurf'
    | 'express-session'
    | 'helmet'
    | 'method-override'
    | 'multer',
): (options?: unknown) => RequestHandler & { none(): RequestHandler } {
  const loaded = require(name);
  return loaded.default ?? loaded;
}

/** Protection against forged requests by csrf-csrf, as its users mount it. */
export function doubleCsrf(options: object): { doubleCsrfProtection: RequestHandler } {
  return require('csrf-csrf').doubleCsrf(options);
}

/** A host with this mounted before us. */
export function hostWith(
  make: HostExpress,
  before: readonly RequestHandler[],
  router: HostMiddleware,
  mount = '/mail',
): Express {
  const app = make();
  app.set('env', 'test');
  for (const handler of before) app.use(handler);
  app.use(mount, router);
  return app;
}

/** Suppresses an address by the form of the pages, as a browser would: a change that shows whether forms work. */
export async function suppressBy(app: Express, mount = '/mail/'): Promise<Response> {
  const visit = await visitForms(app, mount);
  const form = { address: 'ada@example.com', place: 'broadcast', note: 'by phone' };
  return postForm(app, `${mount}suppressions`, form, visit);
}
