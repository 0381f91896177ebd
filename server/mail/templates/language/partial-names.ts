import Handlebars from 'handlebars';
import { parseSource } from './template-source.ts';

/** Most places for values and blocks in one source. Parsing costs about 20 µs for each, and this thread sends mail. */
const mostMustaches = 5_000;

/** Why a source cannot be read. Beyond: it is more than this thread can be asked to parse. */
export interface Unreadable {
  line: number;
  problem: string;
  beyond: boolean;
}

/**
 * The partials that a source includes by name, each once, or why it cannot be read. `content` is a layout's place for
 * its part, and none.
 */
export function partialNames(source: string): { names: string[] } | Unreadable {
  if (hasMoreMustaches(source, mostMustaches)) {
    return beyond(`has more than ${mostMustaches} mustaches: split it, or use a list in the data`);
  }
  const parsed = parseSource(source);
  if (!('program' in parsed)) return { ...parsed, beyond: false };
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
    if (error instanceof RangeError) return beyond('has too many blocks inside of each other');
    throw error;
  }
  names.delete('content');
  return { names: [...names] };
}

function beyond(problem: string): Unreadable {
  return { line: 1, problem, beyond: true };
}

function hasMoreMustaches(source: string, most: number): boolean {
  let count = 0;
  for (let at = source.indexOf('{{'); at !== -1; at = source.indexOf('{{', at + 2)) {
    count++;
    if (count > most) return true;
  }
  return false;
}
