import type { RequestHandler, Response } from 'express';
import type { Mail } from '../mail/index.ts';
import { sessionOf } from './access/session.ts';
import { locationOf } from './page-location.ts';

/**
 * Logs every request that is refused, however it was answered: with a page of its own, with its form again, or with a way
 * back and a message. Nothing of what was typed: that may be a password in the wrong field.
 */
export function logRefusals(log: Mail['log']): RequestHandler {
  return (request, response, next) => {
    // A host that answers in our place gets its own back.
    const { locals } = response;
    response.once('close', () => {
      const refusal = notedOn({ locals });
      const { statusCode: status } = response;
      if (refusal === 'recorded' || (!refusal && !isRefusal(status))) return;
      const { section } = locationOf({ locals });
      const { person } = sessionOf({ locals });
      const by = person && { accountId: person.id, by: person.id };
      // Not the path: that of an invitation is a secret.
      log.info({ status, ...refusal, method: request.method, section, ...by }, 'request refused');
    });
    next();
  };
}

/** Says why a request is refused, by a code; `recorded` when the log has it already. */
export function noteRefusal(response: Response, refusal: { code: string } | 'recorded'): void {
  response.locals.refusal = refusal;
}

function notedOn({ locals }: Pick<Response, 'locals'>): { code: string } | 'recorded' | undefined {
  return locals.refusal as { code: string } | 'recorded' | undefined;
}

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500;
}
