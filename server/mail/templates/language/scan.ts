import { sourceBounds } from './bounds.ts';

/** Why a source cannot be read, as the rest of a sentence about it. */
export interface ParseError {
  /** From 1: where it stops making sense. */
  line: number;
  problem: string;
  /** It is over the bounds, or took too long. */
  tooLarge?: true;
}

/**
 * Why a part is more than the parser may be given, or null. One pass from left to right that follows the lexer of
 * Handlebars: the same texts count as mustaches, comments and strings. It stops where the lexer or the parser would.
 */
export function excessOf(source: string): ParseError | null {
  const { partLength } = sourceBounds;
  if (source.length > partLength)
    return { line: 1, problem: `is larger than ${partLength / 1024} KB: shorten it`, tooLarge: true };
  const scan = new Scan(source);
  try {
    scan.all();
    return null;
  } catch (error) {
    if (!(error instanceof Excess)) throw error;
    return { line: lineAt(source, scan.at), problem: error.message, tooLarge: true };
  }
}

class Excess extends Error {}

const space = /\s/;
const nameEnds = new Set(' \t\r\n\f\v./()=|}{"\'[');

class Scan {
  at = 0;
  readonly #source: string;
  #mustaches = 0;
  #words = 0;
  /** For each open block the `{{else if}}` that it has so far: each is a block inside of the one before it. */
  readonly #open: number[] = [];
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
  }

  all(): void {
    // Where the text began that the lexer reads at present: a backslash before that escapes nothing.
    let from = 0;
    for (;;) {
      this.at = this.#source.indexOf('{{', from);
      if (this.at < 0) return;
      this.#count();
      if (this.#isEscaped(from)) from = this.at + 2;
      else if (!this.#mustache()) return;
      else from = this.at;
    }
  }

  #isEscaped(from: number): boolean {
    const before = this.#source.slice(Math.max(from, this.at - 2), this.at);
    return before.endsWith('\\') && before !== '\\\\';
  }

  #count(): void {
    this.#mustaches++;
    const { mustaches } = sourceBounds;
    if (this.#mustaches > mustaches)
      throw new Excess(`has more than ${mustaches} mustaches: split it, or use a list in the data`);
  }

  /** Reads one from its braces on; false where nothing after it is read any more. */
  #mustache(): boolean {
    if (this.#starts('{{{{'))
      throw new Excess(
        'has a raw block, {{{{ }}}}, and there are none here: put a backslash before each {{ instead',
      );
    const begin = this.at;
    this.at += 2;
    if (this.#starts('~')) this.at++;
    if (this.#starts('!')) return this.#comment();
    const kind = this.#kindOf(begin);
    if (kind === 'open') this.#enter(0);
    if (kind === 'chain') this.#enter(1);
    if (kind === 'close') this.#leave();
    return this.#inside();
  }

  #kindOf(begin: number): 'open' | 'close' | 'chain' | 'plain' {
    // Bounded: between the braces and `else` a template has no more than a line's end and some spaces.
    const head = this.#source.slice(begin, begin + 2_000);
    if (/^\{\{~?#/.test(head)) return 'open';
    if (/^\{\{~?\//.test(head)) return 'close';
    if (/^\{\{~?(\^|\s*else\b)\s*~?\}\}/.test(head)) return 'plain';
    if (/^\{\{~?\^/.test(head)) return 'open';
    return /^\{\{~?\s*(else\b|$)/.test(head) ? 'chain' : 'plain';
  }

  #enter(chained: 0 | 1): void {
    const last = this.#open.length - 1;
    if (chained === 1 && last >= 0) this.#open[last] = (this.#open[last] ?? 0) + 1;
    else this.#open.push(0);
    this.#depth++;
    const { blockDepth } = sourceBounds;
    if (this.#depth > blockDepth)
      throw new Excess(
        `has too many blocks inside of each other: more than ${blockDepth}, each else if counted`,
      );
  }

  #leave(): void {
    const chained = this.#open.pop();
    if (chained !== undefined) this.#depth -= 1 + chained;
  }

  #comment(): boolean {
    const dashed = this.#starts('!--');
    for (let end = this.#source.indexOf(dashed ? '--' : '}}', this.at + 1); end >= 0; ) {
      const after = !dashed ? end : this.#source.startsWith('~', end + 2) ? end + 3 : end + 2;
      if (this.#source.startsWith('}}', after)) {
        this.at = after + 2;
        return true;
      }
      end = this.#source.indexOf('--', end + 1);
    }
    return false;
  }

  #inside(): boolean {
    let calls = 0;
    while (this.at < this.#source.length) {
      const sign = this.#source[this.at] ?? '';
      if (space.test(sign)) {
        this.at++;
        continue;
      }
      if (sign === '}') return this.#end();
      // A mustache inside of a mustache is where the parser stops.
      if (this.#starts('{{')) return false;
      this.#word();
      if (sign === '(') calls++;
      if (sign === ')') calls--;
      if (calls > sourceBounds.callDepth)
        throw new Excess(`has helpers more than ${sourceBounds.callDepth} deep inside of each other`);
      if (!this.#skipWord(sign)) return false;
    }
    return false;
  }

  #word(): void {
    this.#words++;
    const { words } = sourceBounds;
    if (this.#words > words)
      throw new Excess(`has more than ${words} words inside of its mustaches: split it`);
  }

  #skipWord(sign: string): boolean {
    if (sign === '"' || sign === "'") return this.#skipTo(sign);
    if (sign === '[') return this.#skipTo(']');
    this.at++;
    if (nameEnds.has(sign)) return true;
    while (this.at < this.#source.length && !nameEnds.has(this.#source[this.at] ?? '')) this.at++;
    return true;
  }

  /** Past the next such sign that no backslash stands before; where all have one, past the last. */
  #skipTo(sign: string): boolean {
    let last = -1;
    for (let end = this.at; last < 0 || this.#source[last - 1] === '\\'; last = end) {
      end = this.#source.indexOf(sign, end + 1);
      if (end < 0) break;
    }
    if (last < 0) return false;
    this.at = last + 1;
    return true;
  }

  #end(): boolean {
    for (const end of ['}}}', '}~}}', '}}']) {
      if (!this.#starts(end)) continue;
      this.at += end.length;
      return true;
    }
    return false;
  }

  #starts(text: string): boolean {
    return this.#source.startsWith(text, this.at);
  }
}

function lineAt(source: string, position: number): number {
  let line = 1;
  for (let at = source.indexOf('\n'); at >= 0 && at < position; at = source.indexOf('\n', at + 1)) line++;
  return line;
}
