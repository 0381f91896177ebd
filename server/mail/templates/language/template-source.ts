import Handlebars from 'handlebars';

/** A source as a syntax tree, or the line (from 1) on which it stops making sense, and how. */
export type ParsedSource = { program: hbs.AST.Program } | { line: number; problem: string };

/** Parses the Handlebars source of one part, layout or partial. Never throws. */
export function parseSource(source: string): ParsedSource {
  try {
    return { program: Handlebars.parse(source) };
  } catch (error) {
    return syntaxFault(error as Handlebars.Exception);
  }
}

// The parser speaks in three ways: an exception with its line (`if doesn't match each - 1:3`), or four lines of text:
// the line's number, what was read so far, an arrow under its end, and the tokens that would have been welcome. What
// it cannot even cut into tokens it quotes.
function syntaxFault({ message, lineNumber }: Handlebars.Exception): { line: number; problem: string } {
  const [, line, read = '', arrow = ''] = /^Parse error on line (\d+):\n(.*)\n(-*)\^/.exec(message) ?? [];
  if (line !== undefined)
    return { line: Number(line), problem: `does not parse after "${read.slice(0, arrow.length)}"` };
  const [, lexed] = /^Lexical error on line (\d+)/.exec(message) ?? [];
  if (lexed !== undefined)
    return { line: Number(lexed), problem: 'does not parse: a mustache or comment is not closed' };
  return { line: Number(lineNumber ?? 1), problem: `does not parse: ${message.replace(/ - \d+:\d+$/, '')}` };
}
