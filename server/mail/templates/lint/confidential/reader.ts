import { type Issue, issue } from '../../issue.ts';
import { AmbiguousHtml } from './html-place.ts';
import { createReading } from './reading.ts';
import type { State, Surroundings } from './state.ts';
import { isGap, type PlacedField } from './word.ts';

/** What stands somewhere in a source. */
type Located = { loc: { start: { line: number; column: number } } };
type Position = Omit<PlacedField, 'about'>;

/** Reads what authors wrote, and says what is wrong with it. */
export interface Reader {
  /** The state after a text of the source. Throws `AmbiguousHtml`, which it has reported. */
  read(state: State, around: Surroundings, content: hbs.AST.ContentStatement): State;
  /** The same for characters that a mustache prints. */
  readCharacters(state: State, around: Surroundings, characters: string, at: Position): State;
  /** Reports what `work` throws at a place. */
  located(around: Surroundings, at: Located, work: () => State): State;
  /** A value of the brand in a style sheet, which is put in before anything is rendered. */
  isBrandOfStyle(state: State, mustache: hbs.AST.MustacheStatement): boolean;
  /** Counts work: what partials and loops repeat is read again. Throws `AmbiguousHtml` when it is too much. */
  spend(characters: number): void;
  /** Says what is wrong with a field. */
  reportField(field: PlacedField, problem: string): void;
}

/** The longest that is read, in characters, with what loops and partials repeat: a second's work. */
const mostCharacters = 3_000_000;

/** See {@link Reader}. `isCompiled`: it is no source that an author has open. `hasOwnText`: no text is made of the HTML. */
export function createReader(options: ReaderOptions): Reader {
  const { report, isCompiled } = options;
  let left = mostCharacters;
  const said = new WeakSet<AmbiguousHtml>();

  const spend = (characters: number) => {
    left -= characters;
    if (left < 0) throw new AmbiguousHtml('It is too large to be checked: look for loops inside loops.');
  };
  const add = ({ part, locale, ...at }: Position, message: string, about?: string) => {
    const { line, column } = isCompiled ? { line: 1, column: 1 } : at;
    report(
      issue('confidential', message, { part, locale, line, column, ...(about !== undefined && { about }) }),
    );
  };
  const telling = (position: () => Position, work: () => State): State => {
    try {
      return work();
    } catch (error) {
      if (error instanceof AmbiguousHtml && !said.has(error)) {
        said.add(error);
        add(position(), `${error.message} ${whyStrict}`);
      }
      throw error;
    }
  };
  const reportField = ({ about, ...at }: PlacedField, problem: string) =>
    add(at, `${about} ${problem}. ${fix(about)}`, about);

  const readAll = (
    start: State,
    { isGuess }: Surroundings,
    text: string,
    position: (at: number) => Position,
  ) => {
    let at = 0;
    const reading = createReading(start, {
      isGuess,
      hasOwnText: options.hasOwnText,
      reportHere: problem => add(position(at), `${problem} ${whyStrict}`),
      reportField,
    });
    return telling(
      () => position(at),
      () => {
        spend(text.length);
        for (; at < text.length; at++) reading.read(text.charAt(at));
        return reading.state();
      },
    );
  };

  return {
    reportField,
    spend,
    read(state, around, { value, original: source, loc }) {
      // A text; and whitespace around a block may have been taken from its beginning.
      const original = String(source);
      const skipped = Math.max(original.indexOf(value), 0);
      return readAll(state, around, state.html ? withoutEntities(value) : value, at =>
        positionIn(around, loc, original.slice(0, skipped + at)),
      );
    },
    readCharacters(state, around, characters, at) {
      return readAll(state, around, state.html ? withoutEntities(characters) : characters, () => at);
    },
    located: (around, { loc }, work) => telling(() => positionIn(around, loc, ''), work),
    isBrandOfStyle({ html }, { path, params, hash, escaped }) {
      const { original = '' } = path as hbs.AST.PathExpression;
      const isPlain = escaped && params.length === 0 && hash === undefined;
      return !isCompiled && html?.raw === 'style' && isPlain && /^@brand\.\w+$/.test(original);
    },
  };
}

interface ReaderOptions {
  report(found: Issue): void;
  isCompiled: boolean;
  hasOwnText: boolean;
}

const whyStrict = 'This template is confidential.';

function fix(about: string): string {
  return `In a confidential template a field is the whole address of a link, <a href="{{${about}}}">, or a word by itself in the text.`;
}

function positionIn({ part, locale }: Surroundings, { start }: Located['loc'], before: string): Position {
  const lines = before.split('\n');
  const column = (lines.length > 1 ? 0 : start.column) + (lines.at(-1) ?? '').length + 1;
  return { part, locale, line: start.line + lines.length - 1, column };
}

/**
 * Entities as what matters of them, each as long as it was: a gap, a character of addresses, or some letter. One that is
 * not whole may become anything.
 */
function withoutEntities(html: string): string {
  if (!html.includes('&')) return html;
  return html
    .replace(/&(?:#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z][a-z0-9]{1,31});/gi, entity => {
      const meant = meaningOf(entity.slice(1, -1));
      return meant === ' ' ? ' '.repeat(entity.length) : meant.padStart(entity.length, 'x');
    })
    .replace(/&(?=[a-z0-9#]|$)/gi, '/');
}

function meaningOf(name: string): string {
  if (!name.startsWith('#')) return named[name] ?? 'x';
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  const character = code <= 0x10ffff ? String.fromCodePoint(code) : 'x';
  return /[\s./\\@]/.test(character) ? (isGap(character) ? ' ' : character) : 'x';
}

const named: Record<string, string> = {
  ...{ period: '.', sol: '/', bsol: '\\', commat: '@' },
  ...{ nbsp: ' ', ensp: ' ', emsp: ' ', thinsp: ' ', Tab: ' ', NewLine: ' ' },
};
