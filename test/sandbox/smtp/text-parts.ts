import { headersEnd, readHeaders } from './headers.ts';

/** A text of a message and its size in bytes once decoded. */
export interface TextPart {
  kind: 'html' | 'text';
  bytes: number;
}

/**
 * The texts of a MIME message, measured without taking it apart: a real parse of some megabytes in short lines takes
 * seconds. Files are left out.
 */
export function measureTexts(raw: Buffer): TextPart[] {
  const parts = split(raw).map(measure);
  return parts.filter(part => part !== null);
}

/** Cuts at every boundary the message names, however deep the parts are nested. */
function split(raw: Buffer): Buffer[] {
  const named = raw.toString('latin1').matchAll(/\bboundary="?([^"\r\n;]+)/gi);
  const markers = [...named].map(([, boundary]) => Buffer.from(`\r\n--${boundary}`, 'latin1'));
  const cuts = markers.flatMap(marker => findAll(raw, marker)).sort((one, other) => one - other);
  return [0, ...cuts].map((start, i) => raw.subarray(start, cuts[i] ?? raw.length));
}

function findAll(raw: Buffer, marker: Buffer): number[] {
  const found: number[] = [];
  for (let at = raw.indexOf(marker); at >= 0; at = raw.indexOf(marker, at + marker.length)) found.push(at);
  return found;
}

/** Null for what is no text of the message. */
function measure(part: Buffer): TextPart | null {
  if (CLOSING.test(part.toString('latin1', 0, 80))) return null;
  const fields = new Map(readHeaders(part));
  const type = fields.get('content-type') ?? 'text/plain';
  const isFile = /^attachment\b/i.test(fields.get('content-disposition') ?? '');
  const [, subtype = ''] = /^text\/(html|plain)\b/i.exec(type) ?? [];
  if (subtype === '' || isFile) return null;
  const body = part.subarray(headersEnd(part) + EMPTY_LINE);
  const bytes = decodedSize(body, fields.get('content-transfer-encoding') ?? '');
  return { kind: subtype.toLowerCase() === 'html' ? 'html' : 'text', bytes };
}

/** The last boundary of a multipart; what follows it is no part. A boundary has 70 characters at most. */
const CLOSING = /^\r\n--[^\r\n]*--[ \t]*(\r\n|$)/;
const EMPTY_LINE = '\r\n\r\n'.length;

function decodedSize(body: Buffer, encoding: string): number {
  switch (encoding.toLowerCase()) {
    case 'base64':
      return Buffer.from(body.toString('latin1'), 'base64').length;
    case 'quoted-printable':
      return body
        .toString('latin1')
        .replace(/=\r\n/g, '')
        .replace(/=[0-9a-f]{2}/gi, '.').length;
    default:
      return body.length;
  }
}
