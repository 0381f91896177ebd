import express, { type Express } from 'express';
import { errorHandler } from '../../server/errors.ts';
import type { Mail } from '../../server/mail/index.ts';
import type { WebhookLoginOptions } from '../../server/webhooks/login.ts';
import { webhookRouter } from '../../server/webhooks/router.ts';
import { usualPosts } from '../../server/webhooks/usual-post.ts';

/** Two credentials that overlap, as while one is being replaced. */
export const webhookCredentials = [
  { user: 'postmark', password: 'old-password' },
  { user: 'postmark', password: 'new-password' },
];

/** The webhook door and the error handler alone. */
export function webhookApp(mail: Mail, more: Partial<WebhookLoginOptions> = {}): Express {
  const app = express();
  const login = { credentials: webhookCredentials, secretKeys: [], ...more };
  app.use(
    usualPosts(mail, login, (_request, _response, next) => next()),
    webhookRouter(mail, login),
  );
  app.use(errorHandler(mail));
  return app;
}
