import type { IncomingMessage } from 'node:http';
import { isTooDeep } from './depth.ts';
import { encodeForm } from './form-fields.ts';

/** What is left of a request's body when our turn comes. */
export type FoundBody =
  | { state: 'none' }
  /** Nobody has read it. */
  | { state: 'unread' }
  /**
   * Read by somebody else, and all there. `utf8`: decoded since, whatever the request says of its charset; `isReprinted`: what a
   * parser had made of it was printed again.
   */
  | { state: 'whole'; bytes: Buffer; utf8: boolean; isReprinted: boolean }
  /** Read by somebody else, and not all there. `by` names who, as a part of a sentence. */
  | { state: 'lost'; by: string };

type BodyRequest = IncomingMessage & {
  body?: unknown;
  rawBody?: unknown;
  _body?: unknown;
  file?: unknown;
  files?: unknown;
};

const found = new WeakMap<IncomingMessage, FoundBody>();

/**
 * Finds out once what has become of a body, and takes it from the request: what other parsers made of it reaches no handler
 * of ours unchecked.
 */
export function takeBody(request: IncomingMessage): FoundBody {
  const before = found.get(request);
  if (before) return before;
  const body = look(request);
  found.set(request, body);
  delete (request as BodyRequest).body;
  delete (request as BodyRequest)._body;
  return body;
}

function look(request: BodyRequest): FoundBody {
  if (!hasBody(request)) return { state: 'none' };
  const { body, rawBody, _body: isParsed } = request;
  if (!isParsed && !request.readableDidRead && !request.readableEnded) return { state: 'unread' };
  const length = sentLength(request);
  if (rawBody instanceof Uint8Array && rawBody.length === length) return whole(rawBody);
  if (body instanceof Uint8Array) return whole(body);
  const text = typeof body === 'string' ? undamaged(body, length) : encoded(request, body, length);
  if (text === null) return { state: 'lost', by: readerOf(request) };
  // The text of a form is still encoded as its charset says.
  const utf8 = typeof body !== 'string' || !isForm(request);
  return { state: 'whole', bytes: Buffer.from(text), utf8, isReprinted: typeof body !== 'string' };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;
}

/** In bytes, as they were sent and read; null when that is not known. */
function sentLength({ headers }: IncomingMessage): number | null {
  const { 'content-encoding': encoding = 'identity', 'content-length': length } = headers;
  return encoding.toLowerCase() === 'identity' && length !== undefined ? Number(length) : null;
}

function whole(bytes: Uint8Array): FoundBody {
  return {
    state: 'whole',
    bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    utf8: false,
    isReprinted: false,
  };
}

// Where the size is not known, a parser's own mark has to vouch for what it left.
function encoded(request: BodyRequest, body: unknown, length: number | null): string | null {
  if (length === null && request._body !== true) return null;
  if (!isForm(request)) return body === undefined ? null : encodeJson(body, length);
  return typeof body !== 'object' || body === null || isTooDeep(body) ? null : encodeForm(body, length);
}

// A sender may write JSON longer than needed, but not shorter; an empty object is what parsers leave of what they do not
// read.
function encodeJson(body: unknown, length: number | null): string | null {
  const text = printed(body);
  if (text === null) return null;
  const isLeftOver = text === '{}' && (length === null || length > longestEmpty);
  return isLeftOver || (length !== null && Buffer.byteLength(text) > length) ? null : text;
}

/** Null for what is no JSON, or so deep that it takes more stack than there is. */
function printed(body: unknown): string | null {
  try {
    return JSON.stringify(body) ?? null;
  } catch {
    return null;
  }
}

/** Bytes of an empty object in JSON, with room for spaces. */
const longestEmpty = 16;

// Bytes that are no UTF-8 were replaced.
function undamaged(text: string, length: number | null): string | null {
  return text.includes('\ufffd') && Buffer.byteLength(text) !== length ? null : text;
}

function isForm({ headers }: IncomingMessage): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');
}

function readerOf({ body, _body: isParsed, file, files, headers }: BodyRequest): string {
  if (file !== undefined || files !== undefined) return 'a parser of uploads, such as multer,';
  if (!isParsed || typeof body !== 'object') return 'a middleware of the host';
  const isJson = /\bjson\b/i.test(headers['content-type'] ?? '');
  return `${isJson ? 'express.json()' : 'express.urlencoded()'} or a middleware after it`;
}
