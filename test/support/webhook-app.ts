import express, { type Express } from 'express';
import { errorHandler } from '../../server/errors.ts';
import type { Mail } from '../../server/mail/index.ts';
import { type WebhookLogin, webhookRouter } from '../../server/webhooks.ts';

/** Two credentials that overlap, as while one is being replaced. */
export const webhookCredentials = [
  { user: 'postmark', password: 'old-password' },
  { user: 'postmark', password: 'new-password' },
];

/** The webhook door and the error handler alone. */
export function webhookApp(mail: Mail, more: Partial<WebhookLogin> = {}): Express {
  const app = express();
  app.use(webhookRouter(mail, { credentials: webhookCredentials, secretKeys: [], ...more }));
  app.use(errorHandler(mail));
  return app;
}
