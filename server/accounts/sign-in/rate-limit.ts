import type { Request, RequestHandler } from 'express';
import { rateLimit as expressRateLimit, ipKeyGenerator } from 'express-rate-limit';
import { PageError } from '../../admin/page-error.ts';
import type { AccountsContext } from '../context.ts';

/** Where a request comes from: of IPv6 the network, because one house has billions of addresses. */
export function callerAddress({ ip = '' }: Request): string {
  return ip === '' ? 'unknown' : ipKeyGenerator(ip, 64);
}

/** The page for too many requests. */
export function tooManyRequests(wait = '15 minutes'): PageError {
  return new PageError(429, 'Too many requests', `Wait ${wait}, then try again.`);
}

/** Protects this process from floods; what counts across processes is the lockout. */
export function rateLimit({ requestsPerMinute }: AccountsContext): RequestHandler {
  return expressRateLimit({
    windowMs: 60_000,
    limit: requestsPerMinute,
    keyGenerator: callerAddress,
    standardHeaders: true,
    legacyHeaders: false,
    // Its own checks guess at proxies; ours are named in TRUSTED_PROXIES.
    validate: false,
    handler: (_request, _response, next) => next(tooManyRequests('a minute')),
  });
}
