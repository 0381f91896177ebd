import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler, Request } from 'express';
import { discardBody } from '../body/discard-body.ts';
import { BodyLost } from '../body/read-body.ts';
import { answerNobody, clientStatus, isCutOff, statusOf, type UnexpectedErrors } from '../errors.ts';
import { type Mail, MailError, type SecurityKind } from '../mail/index.ts';
import { sourceOf } from '../request-source.ts';
import { isSafe } from './access/csrf.ts';
import { wantsJson } from './access/require-sign-in.ts';
import { sessionOf } from './access/session.ts';
import { itemsFor, type NavigationItem } from './navigation.ts';
import { notFound, PageError } from './page-error.ts';
import { locationOf } from './page-location.ts';
import { isStreaming } from './progress-stream.ts';
import { noteRefusal } from './refusals-log.ts';
import type { Show } from './views.ts';

/** What an error page, or the JSON of a script, says. */
interface Answer {
  status: number;
  title: string;
  message: string;
  code: string;
  /** Of a form: names of those that cannot be accepted. */
  fields?: readonly string[];
  /** Of a surprise: the same id is in the log. */
  incident?: string;
}

/**
 * Answers every error with a page in the frame. What nobody expected is logged; the page shows only its id, or the host's
 * error handler answers, scripts aside.
 */
export function errorPages(
  show: Show,
  { log, security }: Pick<Mail, 'log' | 'security'>,
  navigation: readonly NavigationItem[],
  unexpected: UnexpectedErrors,
): ErrorRequestHandler {
  return async (error, request, response, next) => {
    let answer = expected(error);
    // Express's own refusals of a request are answered by the host as it does elsewhere.
    const isTooLate = response.headersSent && !isStreaming(response);
    if (isTooLate || (!answer && clientStatus(error) !== null)) {
      next(error);
      return;
    }
    const { section } = locationOf(response);
    if (error instanceof BodyLost) log.error({ section }, error.message);
    // Not the path: that of an invitation is a secret.
    const where = { method: request.method, section };
    if (isCutOff(request)) {
      log.info(where, 'a request was cut off by its sender');
      noteRefusal(response, 'recorded');
      answerNobody(response);
      return;
    }
    if (!answer) {
      answer = surprise(request);
      log.error({ err: error, incident: answer.incident, ...where }, 'page failed');
      if (unexpected === 'host' && !wantsJson(request) && !response.headersSent) {
        next(error);
        return;
      }
    }
    const { status, title, message, code, fields, incident } = answer;
    const kind = Object.hasOwn(securityKindOf, code) ? securityKindOf[code] : undefined;
    const { person, accounts } = sessionOf(response);
    const by = person && { accountId: person.id, by: person.id };
    noteRefusal(response, kind || incident ? 'recorded' : { code });
    if (kind) await security.record({ kind, ...sourceOf(request, section), ...by });
    if (wantsJson(request) && !response.headersSent) {
      response
        .status(status)
        .json({ code, message, ...(fields?.length && { fields }), ...(incident && { incident }) });
      discardBody(request);
      return;
    }
    const again = incident !== undefined && isSafe(request);
    // Not back to what the person may not see.
    const items = person ? itemsFor(navigation, person, accounts) : navigation;
    const back = items.find(({ path }) => path === section) ?? items[0];
    show(response, 'frame/error', { title, message, incident, again, back }, status);
    discardBody(request);
  };
}

/** What the log and the audit log are told of a refusal, by its code. */
const securityKindOf: Record<string, SecurityKind> = {
  forbidden: 'access.refuse',
  forged: 'form.forge',
  'link-invalid': 'link.refuse',
  'too-many': 'access.limit',
};

function expected(error: unknown): Answer | null {
  if (error instanceof PageError) return error;
  if (error instanceof MailError) return refusal(error);
  if (error instanceof BodyLost) {
    const { status, code, message } = error;
    return { status, code, message, title: 'Request not readable' };
  }
  // A path with a broken percent sign names nothing.
  if (error instanceof URIError) return notFound('There is no such page.');
  return null;
}

function refusal(error: MailError): Answer {
  const status = statusOf(error);
  if (status === 404) return notFound(error.message);
  return { status, title: 'That could not be done', message: error.message, code: error.code };
}

function surprise(request: Request): Answer {
  const advice = isSafe(request)
    ? 'Nothing was changed. Try again in a minute.'
    : 'Your change may or may not have been saved: check before you send it again.';
  return {
    status: 500,
    title: 'Something went wrong on our side',
    message: `${advice} If it happens again, contact the person who runs Postlane and give the incident number.`,
    code: 'internal',
    incident: randomUUID().slice(0, 8),
  };
}
