/** The header fields of a MIME message; names in lower case, in order, values unfolded but not decoded. */
export type HeaderField = readonly [name: string, value: string];

const CRLF_CRLF = Buffer.from('\r\n\r\n');

/** Where the header section ends: at the empty line, or at the end of the message. */
export function headersEnd(raw: Buffer): number {
  const end = raw.indexOf(CRLF_CRLF);
  return end < 0 ? raw.length : end;
}

/** Reads the header section only: parsing a whole message of some megabytes takes seconds. */
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
