import type { RequestHandler } from 'express';
import { tooManyRequests } from '../../admin/page-error.ts';
import { limitRequests } from '../../limits/limit-requests.ts';
import type { AccountsContext } from '../context.ts';

export { tooManyRequests } from '../../admin/page-error.ts';
export { callerAddress } from '../../limits/caller-address.ts';

/** Protects this process from floods; what counts across processes is the lockout. */
export function rateLimit({ requestsPerMinute }: AccountsContext): RequestHandler {
  return limitRequests({
    perMinute: requestsPerMinute,
    refuse: (_request, _response, next) => next(tooManyRequests('a minute')),
  });
}
