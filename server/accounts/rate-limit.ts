import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { PageError } from '../admin/page-error.ts';
import type { AccountsContext } from './context.ts';

/** Who calls, as far as addresses tell: of IPv6 the network, because one house has billions. */
export function callerAddress({ ip = '' }: Request): string {
  return ip === '' ? 'unknown' : ipKeyGenerator(ip, 64);
}

/** The page for who asks too often. */
export function tooOften(wait = 'a quarter of an hour'): PageError {
  return new PageError(429, 'Too many requests', `That was too often. Wait ${wait} and try again.`);
}

/** Spares this process from floods; what counts across processes is the lockout. */
export function fewEnough({ requestsPerMinute }: AccountsContext): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: requestsPerMinute,
    keyGenerator: callerAddress,
    standardHeaders: true,
    legacyHeaders: false,
    // Its own checks guess at proxies; ours are named in TRUSTED_PROXIES.
    validate: false,
    handler: (_request, _response, next) => next(tooOften('a minute')),
  });
}
