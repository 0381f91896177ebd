import type { ErrorRequestHandler, Request, Response } from 'express';
import { discardBody } from './body/discard-body.ts';
import { BodyLost } from './body/read-body.ts';
import { type Mail, MailError, type MailErrorCode } from './mail/index.ts';
import { loggedPath } from './request-source.ts';

/** HTTP statuses of our error codes; a code that is not here is 422, the caller's request. */
const statuses: Partial<Record<MailErrorCode, number>> = {
  'unknown-message': 404,
  'unknown-approval': 404,
  'unknown-campaign': 404,
  'unknown-template': 404,
  'idempotency-conflict': 409,
  'wrong-state': 409,
  confidential: 403,
  'too-large': 413,
  closed: 503,
};

/** Who answers what nobody expected: we, with nothing but a 500, or the host's error handler. */
export type UnexpectedErrors = 'page' | 'host';

/** The one place where errors become HTTP answers. What we did not expect is logged and shown as nothing but a 500. */
export function errorHandler({ log }: Pick<Mail, 'log'>): ErrorRequestHandler {
  const refuse = refusals(log);
  return (error, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    refuse(error, request, response, () => {
      log.error({ err: error, path: loggedPath(request) }, 'request failed');
      answer(response, 500, 'internal', 'Something went wrong on our side.');
    });
  };
}

/** Answers what is the caller's fault, or the fault of how the host mounts us; passes everything else on. */
export function refusals(log: Mail['log']): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    if (isCutOff(request)) {
      log.info({ path: loggedPath(request) }, 'a request was cut off by its sender');
      answerNobody(response);
      return;
    }
    if (error instanceof MailError) {
      answer(response, statusOf(error), error.code, error.message, error.field);
      return;
    }
    if (error instanceof BodyLost) {
      log.error({ path: loggedPath(request) }, error.message);
      answer(response, error.status, error.code, error.message);
      return;
    }
    // body-parser's and Express's own: a body that does not parse or is too large, a path that does not decode.
    const status = clientStatus(error);
    if (status !== null) {
      log.warn({ path: loggedPath(request), status }, 'request refused');
      answer(response, status, 'bad-request', 'The request could not be read.');
      return;
    }
    next(error);
  };
}

/** True when the caller has gone before all of the request was here. */
export function isCutOff(request: Request): boolean {
  return request.destroyed && !request.complete;
}

/** Ends a request that was cut off. Nobody hears it, but whoever counts statuses counts no fault of ours. */
export function answerNobody(response: Response): void {
  if (!response.headersSent) response.status(400);
  response.end();
}

/** The HTTP status of an error of the module. */
export function statusOf({ code }: MailError): number {
  return statuses[code] ?? 422;
}

/** The status of a refusal by body-parser or Express; null for anything else. */
export function clientStatus(error: unknown): number | null {
  const { status, expose = true } = (error ?? {}) as { status?: number; expose?: boolean };
  return expose && status !== undefined && status >= 400 && status < 500 ? status : null;
}

function answer(response: Response, status: number, code: string, message: string, field?: string): void {
  response.status(status).format({
    json: () => response.json({ error: code, message, ...(field !== undefined && { field }) }),
    default: () => response.type('text').send(`${message}\n`),
  });
  discardBody(response.req);
}
