import { type Request, type RequestHandler, raw } from 'express';

/**
 * Reads the whole body into `request.body`, as text; null when it is larger than `limit` bytes: the rest is then let
 * through unread, so that the sender gets to hear the answer.
 */
export function readBody(limit: number): RequestHandler {
  const read = raw({ type: () => true, limit });
  return (request, response, next) =>
    read(request, response, (error?: unknown) => {
      if (error && !isTooLarge(error)) return next(error);
      const body: Buffer | undefined = request.body;
      request.body = error ? null : (body?.toString('utf8') ?? '');
      next();
    });
}

/** What stands behind the question mark of the address. */
export function searchOf({ url }: Request): URLSearchParams {
  return new URLSearchParams(/\?(.*)/.exec(url)?.[1] ?? '');
}

function isTooLarge(error: unknown): boolean {
  return Object(error).type === 'entity.too.large';
}
