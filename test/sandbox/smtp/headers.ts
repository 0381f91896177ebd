/** The header fields of a MIME message; names in lower case, in order, values unfolded but not decoded. */
export type HeaderField = readonly [name: string, value: string];

const CRLF_CRLF = Buffer.from('\r\n\r\n');

/** Where the header section ends: at the empty line, or at the end of the message. */
export function headersEnd(raw: Buffer): number {
  const end = raw.indexOf(CRLF_CRLF);
  return end < 0 ? raw.length : end;
}

/** Reads the header section only; the body is not looked at. */
export function readHeaders(raw: Buffer): HeaderField[] {
  const section = raw.toString('utf8', 0, headersEnd(raw));
  const unfolded =
    section.includes('\r\n ') || section.includes('\r\n\t') ? section.replace(/\r\n[ \t]+/g, ' ') : section;
  const fields: HeaderField[] = [];
  for (const line of unfolded.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.push([line.slice(0, colon).trimEnd().toLowerCase(), line.slice(colon + 1).trim()]);
  }
  return fields;
}

const ENCODED_WORD = /=\?([^?*]+)(?:\*[^?]*)?\?([BbQq])\?([^?]*)\?=/g;
const RUN_OF_WORDS = /=\?[^?]+\?[BbQq]\?[^?]*\?=(?:\s*=\?[^?]+\?[BbQq]\?[^?]*\?=)*/g;

/** Decodes RFC 2047 encoded words, as in subjects and display names. White space between two of them is dropped. */
export function decodeWords(text: string): string {
  return text.includes('=?') ? text.replace(RUN_OF_WORDS, decodeRun) : text;
}

/** Words of one charset are joined before they are decoded, for a long text may be cut inside a character. */
function decodeRun(run: string): string {
  const pieces: { charset: string; bytes: Buffer }[] = [];
  for (const [, charset = '', encoding = '', data = ''] of run.matchAll(ENCODED_WORD)) {
    const bytes = encoding.toUpperCase() === 'B' ? Buffer.from(data, 'base64') : readQ(data);
    const last = pieces.at(-1);
    if (last?.charset === charset) last.bytes = Buffer.concat([last.bytes, bytes]);
    else pieces.push({ charset, bytes });
  }
  const texts = pieces.map(({ charset, bytes }) => decodeBytes(bytes, charset));
  return texts.includes(null) ? run : texts.join('');
}

function readQ(data: string): Buffer {
  const bytes = data
    .replace(/_/g, ' ')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}

/** Null when the charset is unknown. */
function decodeBytes(bytes: Buffer, charset: string): string | null {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return null;
  }
}
