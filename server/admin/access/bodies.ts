import express, { type RequestHandler, type Response } from 'express';
import { PageError } from '../page-error.ts';
import { isSafe } from './forgery.ts';
import { visitOf } from './visit.ts';

// Who is signed in may send a template; who is not sends an address and a password.
const large = parsers('6mb', '8mb');
const small = parsers('32kb', '32kb');

/** Reads the bodies of forms and of scripts; how large one may be depends on who sends it. */
export const readBody: RequestHandler[] = [0, 1].map(
  (which): RequestHandler =>
    (request, response, next) =>
      (isKnown(response) ? large : small)[which]?.(request, response, error => next(refusalOf(error))),
);

/** Refuses a form sent in a way that is not read, such as text/plain; a script with our header may send any type. */
export const refuseOtherTypes: RequestHandler = (request, _response, next) => {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.get('content-length')) > 0;
  const read =
    isSafe(request) || !hasBody || request.body !== undefined || request.get('x-csrf-token') !== undefined;
  next(read ? undefined : wrongType());
};

function parsers(form: string, json: string): RequestHandler[] {
  return [
    express.urlencoded({ extended: true, limit: form, parameterLimit: 5000 }),
    express.json({ limit: json }),
  ];
}

function isKnown(response: Response): boolean {
  const { person, ended } = visitOf(response);
  return person !== null || ended === true;
}

// body-parser's own errors carry a type.
function refusalOf(error: unknown): unknown {
  const { type, status } = (error ?? {}) as { type?: string; status?: number };
  if (type === 'entity.too.large' || type === 'parameters.too.many') {
    return new PageError(
      413,
      'That is too much',
      'A form takes 6 MB, a request of a script 8 MB. Nothing was changed.',
    );
  }
  if (status === 415) return wrongType();
  if (typeof type === 'string' && status === 400) {
    return new PageError(
      400,
      'That could not be read',
      'The request is broken or was cut off. Nothing was changed; send it again.',
    );
  }
  return error;
}

function wrongType(): PageError {
  return new PageError(
    415,
    'That could not be read',
    'Forms are sent as application/x-www-form-urlencoded, scripts send application/json. Nothing was changed.',
  );
}
