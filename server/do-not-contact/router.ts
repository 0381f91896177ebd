import { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import { matchesBasicAuth, readBasicAuth } from '../basic-auth.ts';
import { discardBody } from '../body/discard-body.ts';
import { BodyLost } from '../body/read-body.ts';
import { readText, textBody } from '../body/read-text.ts';
import type { WebhookCredential } from '../config/index.ts';
import { clientStatus } from '../errors.ts';
import { failedLogins } from '../failed-logins.ts';
import type { Mail, TrackedMessages } from '../mail/index.ts';
import { publicHeaders } from '../public-headers.ts';
import { Refused } from './refused.ts';
import { readUnsubscribe, type Unsubscribe } from './unsubscribe-body.ts';

const path = '/api/DoNotContact/ProcessUnsubscribe';

/**
 * `POST /api/DoNotContact/ProcessUnsubscribe`: an application reports, under Basic auth, that the recipient of a message wants
 * nothing but essential mail, or takes that back. `{ accountGuid, trackingGuid, unsubscribed }`, JSON or a form; answers
 * `{ result, changed }`, and done twice it is as done once. Without credentials there is no such route.
 */
export function doNotContactRouter(
  mail: Mail,
  credentials: readonly WebhookCredential[] | undefined = [],
): Router {
  const router = Router();
  if (credentials.length === 0) return router;
  return router
    .post(
      path,
      publicHeaders,
      authenticated(mail, credentials),
      readText({ limit: '16kb' }),
      processing(mail),
    )
    .use(path, answeringRefusals(mail));
}

// Before anything of the body is read.
function authenticated(mail: Mail, credentials: readonly WebhookCredential[]): RequestHandler {
  const fail = failedLogins(mail, 'do-not-contact-login.fail', 'do-not-contact');
  return (request, response, next) => {
    if (matchesBasicAuth(request.get('authorization'), credentials)) next();
    else fail(request, response, next);
  };
}

function processing(mail: Mail): RequestHandler {
  return async (request, response) => {
    const asked = readUnsubscribe(textBody(request).text);
    const { id, recipient } = theOne(
      await mail.messages.tracked({ trackingId: asked.trackingGuid, accountId: asked.accountGuid }),
    );
    const { changed } = await mail.consent.setPreferences(
      recipient,
      { nonEssential: asked.unsubscribed },
      { source: 'person', evidence: evidenceOf(asked, id, readBasicAuth(request.get('authorization')).user) },
    );
    response.json({
      result: asked.unsubscribed ? 'unsubscribed' : 'subscribed',
      changed: changed.length > 0,
    });
  };
}

/** The message that is meant; of several to one person any. */
function theOne({ messages, more }: TrackedMessages): TrackedMessages['messages'][number] {
  const [first] = messages;
  if (!first) {
    // Which of the two is wrong is nobody's to find out by trying.
    const message =
      'There is no message with this trackingGuid in the account of this accountGuid, or its metadata has been removed.';
    throw new Refused(404, 'unknown-message', message);
  }
  // One person's word is no other person's, neither to stop mail nor to have it sent again.
  if (more || messages.some(({ recipient }) => recipient !== first.recipient))
    throw new Refused(
      409,
      'ambiguous',
      'Messages to several people have this trackingGuid, so it does not say who is meant: send the id that mail.send returned for the message instead.',
      'trackingGuid',
    );
  return first;
}

function evidenceOf({ accountGuid, trackingGuid }: Unsubscribe, messageId: string, user: string): string {
  return `DoNotContact/ProcessUnsubscribe: message ${messageId}, account ${accountGuid}, tracking id ${trackingGuid}, by ${user}`.slice(
    0,
    500,
  );
}

/** What the caller can correct is answered in JSON, whatever the request accepts. */
function answeringRefusals({ log }: Mail): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent || error instanceof BodyLost) return next(error);
    if (error instanceof Refused) {
      const { status, code, message, field } = error;
      return refuse(request, response, status, { error: code, message, ...(field && { field }) });
    }
    const status = clientStatus(error);
    if (status === null || request.destroyed) return next(error);
    log.warn({ path, status }, 'request refused');
    return refuse(request, response, status, {
      error: 'bad-request',
      message: `The body could not be read: send JSON or a form of at most 16 KB.`,
    });
  };
}

function refuse(request: Request, response: Response, status: number, body: object): void {
  response.status(status).json(body);
  discardBody(request);
}
