import express, { type RequestHandler, type Response, Router } from 'express';
import { matchesBasicAuth, readBasicAuth } from './basic-auth.ts';
import { readBody } from './body/read-body.ts';
import type { WebhookCredential } from './config/index.ts';
import { type Mail, MalformedEvent } from './mail/index.ts';
import { probeHeader, readProbe } from './probe/probe-header.ts';
import { sourceOf } from './request-source.ts';

/**
 * `POST /webhooks/<provider>`: one event per request, Basic auth with a credential of the configuration or a password that
 * an admin made. 200 only after the commit; 400 for a body that is not an event; whatever goes wrong on our side is a
 * 5xx, so that the provider comes back. A probe of ours, signed with one of `secretKeys` or with such a password, is answered
 * and has no effect.
 */
export function webhookRouter(
  mail: Mail,
  credentials: readonly WebhookCredential[],
  secretKeys: readonly string[],
): Router {
  const router = Router();
  for (const { key } of mail.webhooks.providers)
    router.post(
      `/webhooks/${key}`,
      authenticated(mail, credentials, secretKeys),
      // A bounce may bring its whole mail, and what is answered with 413 a provider may never post again.
      readBody([express.json({ limit: '16mb', type: () => true })]),
      answeringProbes,
      receiving(mail, key),
    );
  return router;
}

function authenticated(
  mail: Mail,
  credentials: readonly WebhookCredential[],
  secretKeys: readonly string[],
): RequestHandler {
  const isAllowed = async (header: string | undefined): Promise<boolean> => {
    if (matchesBasicAuth(header, credentials)) return true;
    const { user, password } = readBasicAuth(header);
    return user !== '' && mail.webhookPasswords.accepts(user, password);
  };
  return async (request, response, next) => {
    const probe = readProbe(request.get(probeHeader), secretKeys, new Date());
    response.locals.probe = probe?.nonce;
    if (probe?.isSigned || (await isAllowed(request.get('authorization')))) {
      next();
      return;
    }
    await mail.security.record({ kind: 'webhook-login.fail', ...sourceOf(request, 'webhooks') });
    response.status(401).set('WWW-Authenticate', 'Basic realm="postlane"').json({ error: 'unauthorized' });
  };
}

const answeringProbes: RequestHandler = (_request, response: Response, next) => {
  const { probe } = response.locals;
  if (probe) response.json({ probe });
  else next();
};

function receiving(mail: Mail, provider: string): RequestHandler {
  return async (request, response) => {
    try {
      const { result } = await mail.receive(provider, request.body);
      response.json({ result });
    } catch (error) {
      if (!(error instanceof MalformedEvent)) throw error;
      mail.log.warn({ fault: error.message }, 'webhook refused: malformed');
      response.status(400).json({ error: 'malformed-event', message: error.message });
    }
  };
}
