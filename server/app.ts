import { randomBytes } from 'node:crypto';
import express, { type Express, type RequestHandler, Router } from 'express';
import { connect, type DatabaseOptions, type Db } from '../db/connect.ts';
import { accountAccess } from './accounts/index.ts';
import type { Access } from './admin/access/access.ts';
import { type Authenticate, hostAccess } from './admin/access/host.ts';
import { pageRouter } from './admin/router.ts';
import type { Config } from './config/index.ts';
import { errorHandler } from './errors.ts';
import type { Mail } from './mail/index.ts';
import { webhookRouter } from './webhooks.ts';

export type { Authenticate } from './admin/access/host.ts';
export type { Person, Role } from './admin/person.ts';

/** What the host decides about the pages. */
export interface RouterOptions {
  webhookCredentials: Config['webhookCredentials'];
  /** The module's database, where the worker keeps its jobs as well. Connected while somebody looks at them. */
  database: DatabaseOptions;
  /** Who may use the pages, and in which role. Without it they are closed. */
  authenticate?: Authenticate;
  /** Sign the forms of the pages. Needed where several processes serve them; else each makes up its own. */
  secretKeys?: readonly string[];
  /** Where browsers reach this app; tells whether cookies are for https only. */
  publicUrl?: string;
}

/** Webhooks and pages, to be mounted under any path: `app.use('/mail', mailRouter(mail, { ... }))`. */
export function mailRouter(mail: Mail, options: RouterOptions): Router {
  const jobs = connect(options.database, { poolSize: 2, idleMs: 1_000 });
  return routerFor(mail, options, jobs, hostAccess(options.authenticate ?? (() => false)));
}

/** The app of a stand-alone server, with accounts of its own in `db`; see PAGES_ACCESS for when its pages are open. */
export function createApp(mail: Mail, db: Db, config: Config): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', config.trustedProxies);
  app.use(ownHeaders(config.publicUrl));
  app.get('/health', async (_request, response) => {
    await mail.ping();
    response.json({ ok: true });
  });
  // A proxy may leave the path of the public address on, or take it off.
  const { pathname } = new URL(config.publicUrl);
  const router = routerFor(mail, config, db, accountAccess(mail, db, config));
  if (pathname !== '/') app.use(pathname, router);
  app.use(router);
  return app;
}

// The host name is ours alone here; under a host of somebody else's this would be theirs to say. Pages have a policy of
// their own.
function ownHeaders(publicUrl: string): RequestHandler {
  return (_request, response, next) => {
    response.set({
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      'X-Content-Type-Options': 'nosniff',
      ...(publicUrl.startsWith('https:') && { 'Strict-Transport-Security': 'max-age=31536000' }),
    });
    next();
  };
}

function routerFor(mail: Mail, options: RouterOptions, jobs: Db, access: Access): Router {
  const { webhookCredentials, secretKeys = [randomBytes(32).toString('base64url')], publicUrl } = options;
  const router = Router();
  router.use(webhookRouter(mail, webhookCredentials));
  const webhookUsers = webhookCredentials.map(({ user }) => user);
  router.use(pageRouter(mail, access, { jobs, secretKeys, webhookUsers, ...(publicUrl && { publicUrl }) }));
  router.use(errorHandler(mail));
  return router;
}
