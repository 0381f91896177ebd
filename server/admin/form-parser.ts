import express, { type Request, type RequestHandler, type Response } from 'express';
import { BodyTooDeep, refuseDeepJson } from '../body/depth.ts';
import { takeBody } from '../body/found-body.ts';
import { readBody } from '../body/read-body.ts';
import { isSafe } from './access/csrf.ts';
import { sessionOf } from './access/session.ts';
import { PageError } from './page-error.ts';

// People who are signed in may send a template; the others send an address and a password.
const large = parser('6mb', '8mb');
const small = parser('32kb', '32kb');

/** What we read into `request.body`. */
const readTypes = ['urlencoded', 'json'];

/** What a script may send besides, to be read as it comes; no form of another site can send our header. */
const scriptTypes = ['text/csv'];

/**
 * Reads the bodies of forms and of scripts, whatever a host's parsers have done to them before; people who are signed in
 * may send larger ones. What is neither is left to `bodyStream`.
 */
export const parseForms: RequestHandler = (request, response, next) => {
  if (takeBody(request).state === 'none' || !request.is(readTypes)) return next();
  const parse = isSignedIn(response) ? large : small;
  return parse(request, response, error => next(refusalOf(error)));
};

/** Refuses what is sent in a way that is not read, such as text/plain, or compressed where nothing decompresses it. */
export const refuseOtherTypes: RequestHandler = (request, _response, next) => {
  const isRead =
    isSafe(request) ||
    takeBody(request).state === 'none' ||
    request.is(readTypes) ||
    (request.get('x-csrf-token') && request.is(scriptTypes) && isPlain(request));
  next(isRead ? undefined : wrongType());
};

function isPlain(request: Request): boolean {
  return /^(identity)?$/i.test(request.get('content-encoding') ?? '');
}

/** A field of a form as text; empty when it is missing or is not text. */
export function formField({ body }: Request, name: string): string {
  const value: unknown = body?.[name];
  return typeof value === 'string' ? value : '';
}

function parser(form: string, json: string): RequestHandler {
  return readBody([
    express.urlencoded({ extended: true, limit: form, parameterLimit: 5000 }),
    express.json({ limit: json, verify: refuseDeepJson }),
  ]);
}

function isSignedIn(response: Response): boolean {
  // Somebody whose session has just ended gets back what was typed.
  const { person, ended } = sessionOf(response);
  return person !== null || ended === true;
}

// body-parser's own errors carry a type.
function refusalOf(error: unknown): unknown {
  const { type, status } = (error ?? {}) as { type?: string; status?: number };
  if (error instanceof BodyTooDeep || (typeof type === 'string' && status === 400)) return malformed();
  if (type === 'entity.too.large' || type === 'parameters.too.many') return tooLarge();
  return status === 415 ? wrongType() : error;
}

function malformed(): PageError {
  return new PageError(
    400,
    'Request not readable',
    'The request is malformed or was cut off. Nothing was changed. Send it again.',
  );
}

function tooLarge(): PageError {
  return new PageError(
    413,
    'Request too large',
    'The limit is 6 MB for a form and 8 MB for JSON. Nothing was changed.',
  );
}

function wrongType(): PageError {
  return new PageError(
    415,
    'Request not readable',
    'Send forms as application/x-www-form-urlencoded and scripts as application/json. Nothing was changed.',
  );
}
