import { type Request, type RequestHandler, type Response, Router } from 'express';
import { discardBody } from './body/discard-body.ts';
import { limitRequests } from './limits/limit-requests.ts';
import type { Mail, SecurityKind } from './mail/index.ts';
import { sourceOf } from './request-source.ts';

/** Failed logins of one address that are looked at in a minute; those behind them are answered with 429. */
export const failuresPerMinute = 20;
/** The same for all addresses together, for those who have many. */
const failuresOfAllPerMinute = 300;

/**
 * Answers requests whose Basic auth was wrong: recorded under `kind`, with 401, and a flood of them with 429. `path` is what the
 * record calls the door. To be made once for each door: what others fail at is counted apart.
 */
export function failedLogins(mail: Pick<Mail, 'security'>, kind: SecurityKind, path: string): RequestHandler {
  return Router().use(
    limitRequests({ perMinute: failuresPerMinute, refuse: refuseFlood }),
    limitRequests({ perMinute: failuresOfAllPerMinute, of: 'everybody', refuse: refuseFlood }),
    async (request, response) => {
      await mail.security.record({ kind, ...sourceOf(request, path) });
      refuse(request, response, 401, { error: 'unauthorized' });
    },
  );
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
