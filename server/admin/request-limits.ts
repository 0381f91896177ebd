import type { RequestHandler } from 'express';
import { limitRequests } from '../limits/limit-requests.ts';
import { sessionOf } from './access/session.ts';
import { tooManyRequests } from './page-error.ts';

/** A page has five assets or so, which browsers keep for a year. */
const assetsPerPage = 5;

/**
 * What the pages take from one address in a minute: of people who are signed in everything. `ofStrangers` belongs behind
 * what recognises people.
 */
export function requestLimits(strangersPerMinute = 300): {
  ofAssets: RequestHandler;
  ofStrangers: RequestHandler;
} {
  const refuse = (_request: unknown, _response: unknown, next: (error: unknown) => void) =>
    next(tooManyRequests('a minute'));
  return {
    ofAssets: limitRequests({ perMinute: strangersPerMinute * assetsPerPage, refuse }),
    ofStrangers: limitRequests({
      perMinute: strangersPerMinute,
      skip: (_request, response) => sessionOf(response).person !== null,
      refuse,
    }),
  };
}
