import type { RequestHandler } from 'express';
import { personOf } from '../person.ts';

/** `GET session`, for scripts: who is signed in, and the token for `X-CSRF-Token`, which changes with the session. */
export const showWho: RequestHandler = (_request, response) => {
  response.json({ person: personOf(response), csrf: response.locals.csrf });
};
