import express, { type Express, type Request, Router } from 'express';
import { pageRouter } from './admin/router.ts';
import type { Config } from './config.ts';
import { errorHandler } from './errors.ts';
import type { Mail } from './mail/index.ts';
import { webhookRouter } from './webhooks.ts';

/** What the host decides about the pages. */
export interface RouterOptions {
  webhookCredentials: Config['webhookCredentials'];
  /** Who may see the pages. Without it they are closed. */
  authenticate?: (request: Request) => boolean | Promise<boolean>;
}

/** Webhooks and pages, to be mounted under any path: `app.use('/mail', mailRouter(mail, { ... }))`. */
export function mailRouter(
  mail: Mail,
  { webhookCredentials, authenticate = () => false }: RouterOptions,
): Router {
  const router = Router();
  router.use(webhookRouter(mail, webhookCredentials));
  router.use(async (request, response, next) => {
    if (await authenticate(request)) {
      next();
      return;
    }
    response.status(403).type('text').send('Not allowed. The host decides who may see these pages.\n');
  });
  router.use(pageRouter(mail));
  router.use(errorHandler(mail));
  return router;
}

/** The app of a stand-alone server. Its pages are open in development, where it listens on loopback only. */
export function createApp(mail: Mail, config: Config): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get('/health', async (_request, response) => {
    await mail.db.raw('SELECT 1');
    response.json({ ok: true });
  });
  app.use(
    mailRouter(mail, {
      webhookCredentials: config.webhookCredentials,
      authenticate: () => !config.production,
    }),
  );
  return app;
}
