/** Where the quoted part of a reply begins; English only, as with Postmark. */
const QUOTE_STARTS = [
  /^On .{1,300} wrote:\s*$/,
  /^-{2,}\s*Original Message\s*-{2,}/i,
  /^_{20,}\s*$/,
  /^From: .+/,
  /^>/,
];

/** The new part of a reply in plain text. */
export function stripReply(text: string): string {
  const lines = text.split(/\r?\n/);
  const end = lines.findIndex(line => QUOTE_STARTS.some(start => start.test(line)));
  return (end < 0 ? lines : lines.slice(0, end)).join('\n').trim();
}
