import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, RequestHandler } from 'express';
import { limitRequests } from './limits/limit-requests.ts';
import { isPrivateAddress } from './limits/private-address.ts';
import type { Mail } from './mail/index.ts';

/** A check is worth so long, in ms: however many ask, the database is asked no more often. */
const freshMs = 1_000;
const perMinute = 120;

/**
 * `GET /health`: 200 and `{ status: 'ok' }` while the database answers within `patienceMs`, else 503 and
 * `{ status: 'unavailable' }`. Why is in the log. Strangers are limited; checks from the own network are not, or a flood through a proxy would end them.
 */
export function healthEndpoint(
  mail: Pick<Mail, 'ping' | 'log'>,
  { patienceMs = 5_000 }: { patienceMs?: number } = {},
): RequestHandler[] {
  const check = onceIn(freshMs, async () => {
    try {
      await mail.ping();
      return true;
    } catch (error) {
      mail.log.error({ err: error }, 'the database does not answer');
      return false;
    }
  });
  const limit = limitRequests({
    perMinute,
    skip: isOwnCheck,
    refuse: (_request, response) => void response.status(429).json({ status: 'too-many-requests' }),
  });
  return [
    limit,
    async (_request, response) => {
      const isUp = await Promise.race([check(), sleep(patienceMs, false, { ref: false })]);
      response.status(isUp ? 200 : 503).json({ status: isUp ? 'ok' : 'unavailable' });
    },
  ];
}

/** Balancers and orchestrators ask by themselves; what a stranger asks through a proxy says so. */
function isOwnCheck({ headers, socket }: Request): boolean {
  const isForwarded = ['forwarded', 'x-forwarded-for', 'via'].some(name => headers[name] !== undefined);
  return !isForwarded && isPrivateAddress(socket.remoteAddress ?? '');
}

/** Work whose result counts for a while, for all who ask meanwhile. */
function onceIn<T>(ms: number, work: () => Promise<T>): () => Promise<T> {
  let last: { result: Promise<T>; until: number } | null = null;
  return () => {
    if (!last || last.until <= performance.now()) {
      const begun = { result: work(), until: Number.POSITIVE_INFINITY };
      last = begun;
      void begun.result.finally(() => {
        begun.until = performance.now() + ms;
      });
    }
    return last.result;
  };
}
