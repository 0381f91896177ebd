import Handlebars from 'handlebars';

/** Why a source cannot be read, as the rest of a sentence about it. */
export interface ParseError {
  /** From 1: where it stops making sense. */
  line: number;
  problem: string;
  /** It is more than this thread can be asked to parse. */
  tooLarge?: true;
}

/** Parses the Handlebars source of one part, layout or partial. Never throws. */
export function parseSource(source: string): { program: hbs.AST.Program } | ParseError {
  try {
    return { program: Handlebars.parse(source) };
  } catch (error) {
    return parseError(error as Handlebars.Exception);
  }
}

/**
 * The partials that a source includes by name, each once, or why it cannot be read. `content` is a layout's place for
 * its part, and none.
 */
export function partialNames(source: string): { names: string[] } | ParseError {
  if (hasMoreMustaches(source, mostMustaches)) {
    return tooLarge(`has more than ${mostMustaches} mustaches: split it, or use a list in the data`);
  }
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
  try {
    new Names().accept(parsed.program);
  } catch (error) {
    // The parser keeps a stack of its own, a walk uses ours.
    if (error instanceof RangeError) return tooLarge('has too many blocks inside of each other');
    throw error;
  }
  names.delete('content');
  return { names: [...names] };
}

/** Most places for values and blocks in one source. Parsing costs about 20 µs for each, and this thread sends mail. */
const mostMustaches = 5_000;

function tooLarge(problem: string): ParseError {
  return { line: 1, problem, tooLarge: true };
}

function hasMoreMustaches(source: string, most: number): boolean {
  let count = 0;
  for (let at = source.indexOf('{{'); at !== -1; at = source.indexOf('{{', at + 2)) {
    count++;
    if (count > most) return true;
  }
  return false;
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
