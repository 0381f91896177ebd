import express, { Router } from 'express';
import { matchesBasicAuth, readBasicAuth } from './basic-auth.ts';
import type { WebhookCredential } from './config.ts';
import { type Mail, MalformedEvent } from './mail/index.ts';

/**
 * `POST /webhooks/postmark`: one event per request, Basic auth with a credential of the configuration or a password that
 * an admin made. 200 only after the commit; 400 for a body that is not an event; whatever goes wrong on our side is a
 * 5xx, so that Postmark comes back.
 */
export function webhookRouter(mail: Mail, credentials: readonly WebhookCredential[]): Router {
  const router = Router();
  const isAllowed = async (header: string | undefined): Promise<boolean> => {
    if (matchesBasicAuth(header, credentials)) return true;
    const { user, password } = readBasicAuth(header);
    return user !== '' && mail.webhookPasswords.accepts(user, password);
  };
  router.post(
    '/webhooks/postmark',
    async (request, response, next) => {
      if (await isAllowed(request.get('authorization'))) {
        next();
        return;
      }
      mail.log.warn('webhook refused: wrong credentials');
      response.status(401).set('WWW-Authenticate', 'Basic realm="postlane"').json({ error: 'unauthorized' });
    },
    // A bounce may bring its whole mail, and what is answered with 413 Postmark never posts again.
    express.json({ limit: '16mb', type: () => true }),
    async (request, response) => {
      try {
        const { result } = await mail.receivePostmark(request.body);
        response.json({ result });
      } catch (error) {
        if (!(error instanceof MalformedEvent)) throw error;
        mail.log.warn({ fault: error.message }, 'webhook refused: malformed');
        response.status(400).json({ error: 'malformed-event', message: error.message });
      }
    },
  );
  return router;
}
