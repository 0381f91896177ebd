import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { matchesBasicAuth, readBasicAuth } from './basic-auth.ts';
import { refuseDeepJson } from './body/depth.ts';
import { discardBody } from './body/discard-body.ts';
import { readBody } from './body/read-body.ts';
import type { WebhookCredential } from './config/index.ts';
import { limitRequests } from './limits/limit-requests.ts';
import { type Mail, MalformedEvent } from './mail/index.ts';
import { probeHeader, readProbe } from './probe/probe-header.ts';
import { sourceOf } from './request-source.ts';

/** Failed logins of one address that are looked at in a minute; those behind them are answered with 429. */
export const failuresPerMinute = 20;
/** The same for all addresses together, for those who have many. */
const failuresOfAllPerMinute = 300;

/**
 * `POST /webhooks/<provider>`: one event per request, Basic auth with a credential of the configuration or a password that
 * an admin made. 200 only after the commit; 400 for a body that is not an event; whatever goes wrong on our side is a
 * 5xx, so that the provider comes back. Nothing is limited but failed logins: a refused event is lost for good. A probe of
 * ours, signed with one of `secretKeys` or with such a password, is answered and has no effect.
 */
export function webhookRouter(
  mail: Mail,
  credentials: readonly WebhookCredential[],
  secretKeys: readonly string[],
): Router {
  const router = Router();
  const signIn = authenticated(mail, credentials, secretKeys);
  for (const { key } of mail.webhooks.providers)
    router.post(
      `/webhooks/${key}`,
      signIn,
      // A bounce may bring its whole mail, and what is answered with 413 a provider may never post again.
      readBody([express.json({ limit: '16mb', type: () => true, verify: refuseDeepJson })]),
      answeringProbes,
      receiving(mail, key),
    );
  return router;
}

// Before anything of the body is read: a stranger's costs next to nothing.
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
  const limits = [
    limitRequests({ perMinute: failuresPerMinute, refuse: refuseFlood }),
    limitRequests({ perMinute: failuresOfAllPerMinute, of: 'everybody', refuse: refuseFlood }),
  ];
  const fail = Router().use(...limits, async (request, response) => {
    await mail.security.record({ kind: 'webhook-login.fail', ...sourceOf(request, 'webhooks') });
    refuse(request, response, 401, { error: 'unauthorized' });
  });
  return async (request, response, next) => {
    const probe = readProbe(request.get(probeHeader), secretKeys, new Date());
    response.locals.probe = probe?.nonce;
    if (probe?.isSigned || (await isAllowed(request.get('authorization')))) next();
    else fail(request, response, next);
  };
}

function refuseFlood(request: Request, response: Response): void {
  const message =
    'Too many failed logins: wait for as long as Retry-After says, and correct user and password.';
  refuse(request, response, 429, { error: 'too-many-failed-logins', message });
}

function refuse(request: Request, response: Response, status: 401 | 429, body: object): void {
  response.status(status).set('WWW-Authenticate', 'Basic realm="postlane"').json(body);
  discardBody(request);
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
