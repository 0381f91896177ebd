import { Readable } from 'node:stream';
import type { Request, RequestHandler } from 'express';
import { BodyTooDeep, isTooDeep } from './depth.ts';
import { type FoundBody, takeBody } from './found-body.ts';

/** A body that somebody else read before us and did not leave whole. Its message says how to correct that. */
export class BodyLost extends Error {
  override readonly name = 'BodyLost';
  readonly status = 400;
  readonly code = 'body-lost';

  constructor(by: string) {
    super(
      `The host application read this request before Postlane: ${by} took its body, and what is left is not what was sent. Nothing was changed. Mount Postlane's router before it: app.use('/mail', ...) above the lines with express.json(), express.urlencoded(), sanitizers and the like.`,
    );
  }
}

/**
 * Has `parsers` read a body into `request.body`, whatever happened to it before: from the request where nobody has read
 * it, else from what the host's parser left, as long as that is all of it. Ends in a {@link BodyLost} when it is not.
 */
export function readBody(parsers: readonly RequestHandler[]): RequestHandler {
  return (request, response, next) => {
    const body = takeBody(request);
    if (body.state === 'lost') return next(new BodyLost(body.by));
    const source = body.state === 'whole' ? replayed(request, body) : request;
    const finish = () => {
      request.body = source.body;
      next(isTooDeep(request.body) ? new BodyTooDeep() : undefined);
    };
    const parse = parsers.reduceRight<() => void>(
      (then, parser) => () => void parser(source, response, error => (error ? next(error) : then())),
      finish,
    );
    parse();
    // Paused where somebody reads along; see `onOwnExpress`.
    if (body.state === 'unread' && request.isPaused()) request.resume();
  };
}

/** The bytes of a body, for what is no form. Throws a {@link BodyLost}. */
export function bodyStream(request: Request): Readable {
  const body = takeBody(request);
  if (body.state === 'lost') throw new BodyLost(body.by);
  return body.state === 'whole' ? Readable.from([body.bytes], { objectMode: false }) : request;
}

/** A request with the body that this one came with, as our parsers want it. */
function replayed({ headers, method }: Request, { bytes, utf8 }: FoundBody & { state: 'whole' }): Request {
  const { 'content-encoding': _, 'transfer-encoding': __, ...rest } = headers;
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  const replay = Object.assign(Readable.from([bytes], { objectMode: false }), {
    method,
    headers: { ...rest, 'content-length': String(bytes.length), ...(utf8 && { 'content-type': type }) },
  });
  return replay as unknown as Request;
}
