import { encode, wrap } from 'nodemailer/lib/qp';

/** A line may end in any of the three ways; on the wire there is one. */
export const lineEnd = /\r\n|\r|\n/g;

/**
 * Quoted-printable by line, remembering lines: a campaign's messages differ in a few lines and share hundreds, so
 * all but those few are a look-up. Bounded; the memory is dropped whole when full, which a campaign never notices.
 */
export function quotedPrintable(text: string): string {
  const lines = (text.includes('\r') ? text.replace(lineEnd, '\n') : text).split('\n');
  for (let i = 0; i < lines.length; i += 1) lines[i] = encodedLine(lines[i] ?? '');
  return lines.join('\r\n');
}

const memory = new Map<string, string>();
const memoryLines = 20_000;
// Longer ones are whole minified pages, each recipient's another: remembering them would take gigabytes.
const rememberedLength = 1000;

function encodedLine(line: string): string {
  if (line.length > rememberedLength) return encoded(line);
  const known = memory.get(line);
  if (known !== undefined) return known;
  if (memory.size >= memoryLines) memory.clear();
  const fresh = encoded(line);
  memory.set(line, fresh);
  return fresh;
}

function encoded(line: string): string {
  return wrap(encode(line), 76);
}
