import type { IssuePart } from '../../issue.ts';
import { AmbiguousHtml, eitherPlace, type HtmlPlace, htmlStart } from './html-place.ts';
import { eitherWord, emptyWord, isSameWord, type Word } from './word.ts';

/** What a check knows where it is. */
export interface State {
  /** Null in a text, which is words alone. */
  html: HtmlPlace | null;
  /** The word of the text. */
  word: Word;
  /** The value of the attribute. */
  value: Word;
  /** The value has a slash in it, as addresses have. */
  isAddressed: boolean;
  /** The value as it is written, where that matters. */
  header: string;
  /** The style sheet so far. */
  css: string;
}

/** Where a check is, and what is around it. */
export interface Surroundings {
  part: IssuePart;
  locale: string | null;
  partials: Record<string, string>;
  /** The partials that this is in. */
  open: readonly string[];
  /** Inside a block that asks what the value of a field is. */
  isGuess: boolean;
  /** Of a layout: the part that takes the place of `{{> content}}`. */
  slot?: { part: 'html' | 'text'; locale: string | null; source: string };
}

/** The beginning of a part. */
export function stateAtStart(flavour: 'html' | 'text'): State {
  return {
    html: flavour === 'html' ? htmlStart : null,
    ...{ word: emptyWord, value: emptyWord, isAddressed: false, header: '', css: '' },
  };
}

/** Either of two states. Throws {@link AmbiguousHtml} where they are in different places. */
export function eitherState(a: State, b: State): State {
  if (a === b) return a;
  const html = a.html && b.html ? eitherPlace(a.html, b.html) : null;
  if (a.html && (!html || a.css !== b.css))
    throw new AmbiguousHtml(
      'A block ends in another place of the HTML than it begins: close in it what it opens.',
    );
  return {
    html,
    word: eitherWord(a.word, b.word),
    value: eitherWord(a.value, b.value),
    isAddressed: a.isAddressed || b.isAddressed,
    header: a.header === b.header ? a.header : '?',
    css: a.css,
  };
}

/** Whether two states come to the same. */
export function isSameState(a: State, b: State): boolean {
  return isSameWord(a.word, b.word) && isSameWord(a.value, b.value) && a.isAddressed === b.isAddressed;
}
