import { encode, wrap } from 'nodemailer/lib/qp';

/**
 * Quoted-printable by line, remembering lines: a campaign's messages differ in a few lines and share hundreds, so
 * all but those few are a look-up. Bounded; the memory is dropped whole when full, which a campaign never notices.
 */
export function quotedPrintable(text: string): string {
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i += 1) lines[i] = encodedLine(lines[i] ?? '');
  return lines.join('\r\n');
}

const memory = new Map<string, string>();
const memoryLines = 20_000;

function encodedLine(line: string): string {
  const known = memory.get(line);
  if (known !== undefined) return known;
  if (memory.size >= memoryLines) memory.clear();
  const encoded = wrap(encode(line.endsWith('\r') ? line.slice(0, -1) : line), 76);
  memory.set(line, encoded);
  return encoded;
}
