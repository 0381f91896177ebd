import type { ErrorRequestHandler } from 'express';
import { MailError, type MailErrorCode } from '../mail/index.ts';
import { wantsJson } from './access/gate.ts';
import { notFound, PageError } from './page-error.ts';
import { placeOf } from './place.ts';
import { sectionAt } from './sections.ts';
import type { Show } from './views.ts';

const missing: ReadonlySet<MailErrorCode> = new Set([
  'unknown-message',
  'unknown-campaign',
  'unknown-template',
]);

/** Turns what can be expected into a page; anything else is the host's to answer. */
export function errorPages(show: Show): ErrorRequestHandler {
  return (error, request, response, next) => {
    const page = pageErrorOf(error);
    if (!page || response.headersSent) {
      next(error);
      return;
    }
    const { status, title, message, code } = page;
    if (wantsJson(request)) {
      response.status(status).json({ code, message });
      return;
    }
    show(response, 'frame/error', { title, message, back: sectionAt(placeOf(response).section) }, status);
  };
}

function pageErrorOf(error: unknown): PageError | null {
  if (error instanceof PageError) return error;
  if (error instanceof MailError && missing.has(error.code)) return notFound(error.message);
  // A path with a broken percent sign names nothing.
  if (error instanceof URIError) return notFound('There is no such page.');
  return null;
}
