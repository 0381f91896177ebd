import { type ErrorRequestHandler, type RequestHandler, Router } from 'express';
import { readUrlLogin, withoutUrlLogin } from '../basic-auth.ts';
import { readText, textBody } from '../body/read-text.ts';
import { failedLogins } from '../failed-logins.ts';
import { type Mail, MalformedEvent } from '../mail/index.ts';
import { probeHeader, readProbe } from '../probe/probe-header.ts';
import { type WebhookLogin, type WebhookLoginOptions, webhookLogin } from './login.ts';

/**
 * `POST /webhooks/<provider>`: one event per request, Basic auth with a credential of the configuration or a password that
 * an admin made. 200 only after the commit, for whatever is JSON: what of it cannot be read is kept for people. 400 for what
 * is not JSON; what goes wrong on our side is a 5xx, so that the provider comes back. Nothing is limited but failed logins: a
 * refused event is lost for good. A probe of ours, signed with one of `secretKeys` or with such a password, is answered and
 * has no effect.
 */
export function webhookRouter(mail: Mail, options: WebhookLoginOptions): Router {
  const login = webhookLogin(mail, options);
  const router = Router();
  const keys = mail.webhooks.providers.map(({ key }) => key);
  const [first] = keys;
  if (first === undefined) return router;
  router.post(
    '/webhooks/:provider',
    hideUrlLogin,
    authenticated(mail, login),
    // A bounce may bring its whole mail, one that comes in 35 MB of files, and what is answered with 413 may never come again.
    readText({ limit: '64mb' }),
    answeringProbes(keys),
    receiving(mail, keys),
  );
  router.use('/webhooks', refusingMalformed(mail));
  return router;
}

/** Hosts log the URLs of requests, and nobody needs the password in there. */
const hideUrlLogin: RequestHandler = (request, response, next) => {
  response.locals.urlLogin = readUrlLogin(request.query);
  if (response.locals.urlLogin) {
    request.url = withoutUrlLogin(request.url);
    request.originalUrl = withoutUrlLogin(request.originalUrl);
  }
  next();
};

// Before anything of the body is read: a stranger's costs next to nothing.
function authenticated(mail: Mail, login: WebhookLogin): RequestHandler {
  const fail = failedLogins(mail, 'webhook-login.fail', 'webhooks');
  return async (request, response, next) => {
    const probe = readProbe(request.get(probeHeader), login.secretKeys, new Date());
    response.locals.probe = probe?.nonce;
    const isIn =
      probe?.isSigned ||
      (await login.accepts(request.get('authorization'))) ||
      (await login.acceptsInUrl(response.locals.urlLogin));
    if (isIn) next();
    else fail(request, response, next);
  };
}

function answeringProbes(keys: readonly string[]): RequestHandler {
  return (request, response, next) => {
    const { probe } = response.locals;
    if (!probe) next();
    else if (keys.includes(String(request.params.provider))) response.json({ probe });
    else next('router');
  };
}

function receiving(mail: Mail, keys: readonly string[]): RequestHandler {
  const unknown = new Set<string>();
  /** What comes for a provider that is not there is lost if it is refused: the first may know it, or it is kept for people. */
  const takerOf = (named: string): string => {
    if (keys.includes(named)) return named;
    const [first = ''] = keys;
    if (unknown.size < 100 && !unknown.has(named)) {
      unknown.add(named);
      mail.log.warn(
        { path: named.slice(0, 64), provider: first },
        'an event came for a provider that is not configured',
      );
    }
    return first;
  };
  return async (request, response) => {
    const { text, isReprinted } = textBody(request);
    const payload = isReprinted ? parsed(text) : text;
    const { result } = await mail.receive(takerOf(String(request.params.provider)), payload);
    response.json({ result });
  };
}

/** Answers what is no event at all. */
export function refusingMalformed({ log }: Pick<Mail, 'log'>): ErrorRequestHandler {
  return (error, _request, response, next) => {
    if (!(error instanceof MalformedEvent)) return next(error);
    log.warn({ fault: error.message }, 'webhook refused: malformed');
    response.status(400).json({ error: 'malformed-event', message: error.message });
  };
}

/** What a parser of the host had made of a body; a form is none of JSON, and stays a text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
