import express, { type Express, type RequestHandler, Router } from 'express';
import { connect, type Db } from '../db/connect.ts';
import { accountAccess } from './accounts/index.ts';
import type { Access } from './admin/access/access.ts';
import { hostAccess } from './admin/access/host.ts';
import { pageRouter } from './admin/router.ts';
import type { Config } from './config/index.ts';
import { doNotContactRouter } from './do-not-contact/router.ts';
import { errorHandler, refusals, type UnexpectedErrors } from './errors.ts';
import { healthEndpoint } from './health.ts';
import { type HostMiddleware, onOwnExpress } from './host/own-express.ts';
import type { Mail } from './mail/index.ts';
import { publicHeaders } from './public-headers.ts';
import { recipientRouter } from './recipients/index.ts';
import {
  type AdminRouterOptions,
  adminOptions,
  type MailRouterOptions,
  type PublicRouterOptions,
  publicOptions,
  type ResolvedPublicOptions,
} from './router-options.ts';
import type { WebhookLoginOptions } from './webhooks/login.ts';
import { webhookRouter } from './webhooks/router.ts';
import { usualPosts } from './webhooks/usual-post.ts';

export type { Authenticate, Authenticated, HostRequest, HostResponse } from './admin/access/host.ts';
export type { Person, Role } from './admin/person.ts';
export type { WebhookCredential } from './config/index.ts';
export type { UnexpectedErrors } from './errors.ts';
export type { HostMiddleware } from './host/own-express.ts';
export type { AdminRouterOptions, MailRouterOptions, PublicRouterOptions } from './router-options.ts';

/**
 * What providers and recipients call: the webhooks, and the links in mail. To be mounted before the host's body parsers and its CSRF protection:
 * `app.use('/mail', publicRouter(mail))`. What it does not know goes on to what is mounted after it.
 */
export function publicRouter(mail: Mail, options: PublicRouterOptions = {}): HostMiddleware {
  const resolved = publicOptions(mail, options);
  const router = Router();
  router.use(publicRoutes(mail, resolved), errorHandler(mail));
  return usualPosts(mail, loginOf(resolved), onOwnExpress(router));
}

/**
 * The pages for operators, to be mounted under any path: `app.use('/mail', adminRouter(mail, { authenticate }))`, after the
 * host's session and before its body parsers and its CSRF protection, because they have one of their own.
 */
export function adminRouter(mail: Mail, options: AdminRouterOptions = {}): HostMiddleware {
  return adminPages('adminRouter', mail, options);
}

/** Both in one, for hosts that have nothing that must come between them: `app.use('/mail', mailRouter(mail, { authenticate }))`. */
export function mailRouter(mail: Mail, options: MailRouterOptions = {}): HostMiddleware {
  const { webhookCredentials, secretKeys } = options;
  const pages = adminPages('mailRouter', mail, options);
  const publicPart = publicRouter(mail, { webhookCredentials, secretKeys });
  return (request, response, next) =>
    publicPart(request, response, error => (error ? next(error) : pages(request, response, next)));
}

/** The app of a stand-alone server, with accounts of its own in `db`; see PAGES_ACCESS for when its pages are open. */
export function createApp(mail: Mail, db: Db, config: Config): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', config.trustedProxies);
  app.use(publicHeaders, ownHeaders(config.publicUrl));
  app.get('/health', healthEndpoint(mail));
  // A proxy may leave the path of the public address on, or take it off.
  const { pathname } = new URL(config.publicUrl);
  const router = Router();
  router.use(
    usualPosts(mail, loginOf(config), (_request, _response, next) => next()),
    publicRoutes(mail, config),
  );
  router.use(
    pageRoutes(mail, { ...config, jobs: db, errors: 'page', access: accountAccess(mail, db, config) }),
  );
  if (pathname !== '/') app.use(pathname, router);
  // Behind everything: Express itself would show a stack.
  app.use(router, errorHandler(mail));
  return app;
}

// The host name is ours alone here; under a host of somebody else's this would be theirs to say.
function ownHeaders(publicUrl: string): RequestHandler {
  return (_request, response, next) => {
    if (publicUrl.startsWith('https:')) response.set('Strict-Transport-Security', 'max-age=31536000');
    next();
  };
}

function adminPages(name: string, mail: Mail, given: AdminRouterOptions): HostMiddleware {
  const options = adminOptions(name, mail, given);
  const jobs = connect(options.database, { poolSize: 2, idleMs: 1_000 });
  const access = hostAccess(options);
  const router = Router();
  router.use(pageRoutes(mail, { ...options, jobs, access }));
  router.use(options.errors === 'host' ? refusals(mail.log) : errorHandler(mail));
  // Styles and scripts are for everybody.
  return onOwnExpress(router, async request => {
    if (!request.url?.startsWith('/assets/')) await access.prepare?.(request);
  });
}

function loginOf(options: ResolvedPublicOptions): WebhookLoginOptions {
  const { webhookCredentials: credentials, secretKeys, webhookPasswordInUrl: passwordInUrl } = options;
  return { credentials, secretKeys, passwordInUrl };
}

function publicRoutes(mail: Mail, options: ResolvedPublicOptions): Router {
  return Router()
    .use('/webhooks', publicHeaders)
    .use(webhookRouter(mail, loginOf(options)))
    .use(doNotContactRouter(mail, options.doNotContactCredentials))
    .use(recipientRouter(mail));
}

/** What the pages are made from, of a host or of the stand-alone server. */
interface PageRoutes extends ResolvedPublicOptions {
  jobs: Db;
  access: Access;
  errors: UnexpectedErrors;
  publicUrl?: string;
  publicPath?: string;
}

function pageRoutes(mail: Mail, options: PageRoutes): Router {
  const { webhookCredentials, secretKeys, publicUrl, publicPath, jobs, access, errors } = options;
  return pageRouter(mail, access, {
    jobs,
    secretKeys,
    errors,
    webhookUsers: webhookCredentials.map(({ user }) => user),
    ...(publicUrl && { publicUrl }),
    ...(publicPath !== undefined && { publicPath }),
  });
}
