import { type RequestHandler, Router } from 'express';
import {
  matchesBasicAuth,
  matchesUrlLogin,
  readBasicAuth,
  readUrlLogin,
  type UrlLogin,
  withoutUrlLogin,
} from './basic-auth.ts';
import { readText, textBody } from './body/read-text.ts';
import type { WebhookCredential } from './config/index.ts';
import { failedLogins } from './failed-logins.ts';
import { type Mail, MalformedEvent } from './mail/index.ts';
import { probeHeader, readProbe } from './probe/probe-header.ts';

/** How providers sign in at the webhooks. */
export interface WebhookLogin {
  credentials: readonly WebhookCredential[];
  /** Sign the probe of ours. */
  secretKeys: readonly string[];
  /** `allow`: a sender that cannot do Basic auth may bring `?user=` and `?password=` in the URL. */
  passwordInUrl?: 'allow' | undefined;
}

/**
 * `POST /webhooks/<provider>`: one event per request, Basic auth with a credential of the configuration or a password that
 * an admin made. 200 only after the commit, for whatever is JSON: what of it cannot be read is kept for people. 400 for what
 * is not JSON; what goes wrong on our side is a 5xx, so that the provider comes back. Nothing is limited but failed logins: a
 * refused event is lost for good. A probe of ours, signed with one of `secretKeys` or with such a password, is answered and
 * has no effect.
 */
export function webhookRouter(mail: Mail, login: WebhookLogin): Router {
  const router = Router();
  const keys = mail.webhooks.providers.map(({ key }) => key);
  const [first] = keys;
  if (first === undefined) return router;
  router.post(
    '/webhooks/:provider',
    hideUrlLogin,
    authenticated(mail, keys, login),
    // A bounce may bring its whole mail, one that comes in 35 MB of files, and what is answered with 413 may never come again.
    readText({ limit: '64mb' }),
    answeringProbes(keys),
    receiving(mail, keys),
  );
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
function authenticated(
  mail: Mail,
  keys: readonly string[],
  { credentials, secretKeys, passwordInUrl }: WebhookLogin,
): RequestHandler {
  const isAllowed = async (header: string | undefined): Promise<boolean> => {
    if (matchesBasicAuth(header, credentials)) return true;
    const { user, password } = readBasicAuth(header);
    return user !== '' && mail.webhookPasswords.accepts(user, password);
  };
  const isAllowedByUrl = async (given: UrlLogin): Promise<boolean> => {
    if (matchesUrlLogin(given, credentials)) return true;
    // Those that admins make are made for a provider.
    for (const user of given.user === null ? keys : [given.user])
      if (await mail.webhookPasswords.accepts(user, given.password)) return true;
    return false;
  };
  const fail = failedLogins(mail, 'webhook-login.fail', 'webhooks');
  return async (request, response, next) => {
    const probe = readProbe(request.get(probeHeader), secretKeys, new Date());
    response.locals.probe = probe?.nonce;
    const urlLogin: UrlLogin | null = passwordInUrl === 'allow' ? response.locals.urlLogin : null;
    const isIn =
      probe?.isSigned ||
      (await isAllowed(request.get('authorization'))) ||
      (urlLogin && (await isAllowedByUrl(urlLogin)));
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
    try {
      const payload = isReprinted ? parsed(text) : text;
      const { result } = await mail.receive(takerOf(String(request.params.provider)), payload);
      response.json({ result });
    } catch (error) {
      if (!(error instanceof MalformedEvent)) throw error;
      mail.log.warn({ fault: error.message }, 'webhook refused: malformed');
      response.status(400).json({ error: 'malformed-event', message: error.message });
    }
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
