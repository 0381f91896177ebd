import express, { type Request, type RequestHandler, type Response } from 'express';
import { isSafe } from './access/csrf.ts';
import { sessionOf } from './access/session.ts';
import { PageError } from './page-error.ts';

// People who are signed in may send a template; the others send an address and a password.
const large = parsers('6mb', '8mb');
const small = parsers('32kb', '32kb');

/** Reads the bodies of forms and of scripts; people who are signed in may send larger ones. */
export const parseForms: RequestHandler[] = [0, 1].map(
  (which): RequestHandler =>
    (request, response, next) =>
      (isSignedIn(response) ? large : small)[which]?.(request, response, error => next(refusalOf(error))),
);

/** Refuses a form sent in a way that is not read, such as text/plain; a script with our header may send any type. */
export const refuseOtherTypes: RequestHandler = (request, _response, next) => {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.get('content-length')) > 0;
  const read =
    isSafe(request) || !hasBody || request.body !== undefined || request.get('x-csrf-token') !== undefined;
  next(read ? undefined : wrongType());
};

/** A field of a form as text; empty when it is missing or is not text. */
export function formField({ body }: Request, name: string): string {
  const value: unknown = body?.[name];
  return typeof value === 'string' ? value : '';
}

function parsers(form: string, json: string): RequestHandler[] {
  return [
    express.urlencoded({ extended: true, limit: form, parameterLimit: 5000 }),
    express.json({ limit: json }),
  ];
}

function isSignedIn(response: Response): boolean {
  // Somebody whose session has just ended gets back what was typed.
  const { person, ended } = sessionOf(response);
  return person !== null || ended === true;
}

// body-parser's own errors carry a type.
function refusalOf(error: unknown): unknown {
  const { type, status } = (error ?? {}) as { type?: string; status?: number };
  if (type === 'entity.too.large' || type === 'parameters.too.many') {
    return new PageError(
      413,
      'Request too large',
      'The limit is 6 MB for a form and 8 MB for JSON. Nothing was changed.',
    );
  }
  if (status === 415) return wrongType();
  if (typeof type === 'string' && status === 400) {
    return new PageError(
      400,
      'Request not readable',
      'The request is malformed or was cut off. Nothing was changed. Send it again.',
    );
  }
  return error;
}

function wrongType(): PageError {
  return new PageError(
    415,
    'Request not readable',
    'Send forms as application/x-www-form-urlencoded and scripts as application/json. Nothing was changed.',
  );
}
