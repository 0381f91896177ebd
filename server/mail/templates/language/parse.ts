import Handlebars from 'handlebars';
import { excessOf, type ParseError } from './scan.ts';

/**
 * Parses the Handlebars source of one part, layout or partial; one that is over the bounds is not given to the parser.
 * Never throws.
 */
export function parseSource(source: string): { program: hbs.AST.Program } | ParseError {
  const excess = excessOf(source);
  if (excess) return excess;
  try {
    return { program: Handlebars.parse(source) };
  } catch (error) {
    return parseError(error as Handlebars.Exception);
  }
}

/** The partials that one text includes by name, each once, or why it cannot be read. */
export type Included = { names: string[] } | ParseError;

/** See {@link Included}. `content` is a layout's place for its part, and none. */
export function partialNames(source: string): Included {
  const parsed = parseSource(source);
  if (!('program' in parsed)) return parsed;
  const names = new Set<string>();
  class Names extends Handlebars.Visitor {
    override PartialStatement(partial: hbs.AST.PartialStatement): void {
      if (partial.name.type === 'PathExpression')
        names.add((partial.name as hbs.AST.PathExpression).original);
      super.PartialStatement(partial);
    }
  }
  new Names().accept(parsed.program);
  names.delete('content');
  return { names: [...names] };
}

// The parser speaks in three ways: an exception with its line (`if doesn't match each - 1:3`), or four lines of text:
// the line's number, what was read so far, an arrow under its end, and the tokens that would have been welcome. What
// it cannot even cut into tokens it quotes.
function parseError({ message, lineNumber }: Handlebars.Exception): ParseError {
  const [, line, read = '', arrow = ''] = /^Parse error on line (\d+):\n(.*)\n(-*)\^/.exec(message) ?? [];
  if (line !== undefined)
    return { line: Number(line), problem: `does not parse after "${read.slice(0, arrow.length)}"` };
  const [, lexed] = /^Lexical error on line (\d+)/.exec(message) ?? [];
  if (lexed !== undefined)
    return { line: Number(lexed), problem: 'does not parse: a mustache or comment is not closed' };
  return { line: Number(lineNumber ?? 1), problem: `does not parse: ${message.replace(/ - \d+:\d+$/, '')}` };
}
