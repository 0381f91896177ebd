import express, { type Request, type RequestHandler } from 'express';
import { takeBody } from './found-body.ts';
import { BodyLost } from './read-body.ts';

/** A body as text. */
export interface TextBody {
  text: string;
  /** A parser of the host had read it, and what it made of it was printed again. */
  isReprinted: boolean;
}

const bodies = new WeakMap<Request, TextBody>();

/**
 * Reads a body as the text that was sent, whatever its type, for {@link textBody}. Ends in a `BodyLost` where somebody else has
 * read it and not left it whole.
 */
export function readText({ limit }: { limit: string }): RequestHandler {
  const parse = express.raw({ limit, type: () => true });
  return (request, response, next) => {
    const body = takeBody(request);
    if (body.state === 'lost') return next(new BodyLost(body.by));
    if (body.state === 'whole') {
      const text = body.utf8 ? body.bytes.toString() : decoded(request, body.bytes);
      bodies.set(request, { text, isReprinted: body.isReprinted });
      return next();
    }
    parse(request, response, error => {
      if (error) return next(error);
      const { body: bytes } = request;
      delete request.body;
      bodies.set(request, {
        text: bytes instanceof Uint8Array ? decoded(request, bytes) : '',
        isReprinted: false,
      });
      next();
    });
    // Paused where somebody reads along; see `onOwnExpress`.
    if (body.state === 'unread' && request.isPaused()) request.resume();
  };
}

/** What {@link readText} has read. */
export function textBody(request: Request): TextBody {
  return bodies.get(request) ?? { text: '', isReprinted: false };
}

/** JSON is UTF-8; another encoding counts where the request names one that we know. */
function decoded({ headers }: Request, bytes: Uint8Array): string {
  const [, charset] = /;\s*charset="?([\w-]{1,20})/i.exec(headers['content-type'] ?? '') ?? [];
  if (charset && !/^utf-?8$/i.test(charset)) {
    try {
      return new TextDecoder(charset).decode(bytes);
    } catch {
      // Then it is what everybody else sends.
    }
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}
