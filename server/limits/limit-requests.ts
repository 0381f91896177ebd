import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import { discardBody } from '../body/discard-body.ts';
import { BoundedStore } from './bounded-store.ts';
import { callerAddress } from './caller-address.ts';

/** How many requests are taken, and what happens to the others. */
export interface RequestLimit {
  perMinute: number;
  /** What is counted together: by default what comes from one address; a function names what else it is. */
  of?: 'address' | 'everybody' | ((request: Request) => string);
  /** Answers the first of a minute that is too many, with `Retry-After` set already; those behind it get a line of text. */
  refuse(request: Request, response: Response, next: NextFunction): void;
  /** True for requests that do not count. */
  skip?(request: Request, response: Response): boolean;
}

/**
 * Protects this process from floods, by counts in memory. Behind a proxy an address is what the proxies that are trusted say;
 * without any it is the proxy's.
 */
export function limitRequests({ perMinute, of = 'address', refuse, skip }: RequestLimit): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    keyGenerator: keyOf(of),
    store: new BoundedStore(),
    standardHeaders: true,
    legacyHeaders: false,
    // Its own checks guess at proxies; ours are named in TRUSTED_PROXIES.
    validate: false,
    // What is logged, recorded and made into a page is the first: a flood costs no more than its counting.
    handler(request, response, next) {
      const { used } = (request as CountedRequest).rateLimit;
      if (used === perMinute + 1) refuse(request, response, next);
      else refusePlainly(request, response);
    },
    ...(skip && { skip }),
  });
}

function keyOf(of: NonNullable<RequestLimit['of']>): (request: Request) => string {
  if (of === 'address') return callerAddress;
  return of === 'everybody' ? () => of : of;
}

type CountedRequest = Request & { rateLimit: { used: number } };

function refusePlainly(request: Request, response: Response): void {
  response.status(429).type('text').send('Too many requests: wait for as long as Retry-After says.\n');
  discardBody(request);
}
