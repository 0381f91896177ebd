import type { SourcePosition } from '../../issue.ts';

/** A field where it is printed, as the source has it. */
export interface PlacedField extends SourcePosition {
  about: string;
}

/**
 * What stands together without a gap: a word of the text, or the value of an attribute. Mail programs and the people who read
 * take it for one thing, so that a field in the same word as an address becomes part of that address.
 */
export interface Word {
  /** Fields that may hold any text. */
  texts: number;
  /** Fields that hold a number, a date or the like. */
  figures: number;
  /** Text of the authors that this place does not tell, such as a value of the brand. */
  foreign: boolean;
  /** Characters that make an address of it. */
  address: boolean;
  /** Characters of the authors, other than gaps. */
  written: boolean;
  /** It ends in a dot so far, which makes an address of it when something follows. */
  dotted: boolean;
  /** The first field in it. */
  field: PlacedField | null;
}

/** Before its first character. */
export const emptyWord: Word = {
  ...{ texts: 0, figures: 0, foreign: false, address: false, written: false, dotted: false },
  field: null,
};

/** What follows a link where HTML is made into a text: the link's address stands before it. */
export const wordAfterAddress: Word = { ...emptyWord, address: true };

/** True for what ends a word. */
export function isGap(character: string): boolean {
  return /\s/.test(character);
}

/** The word with one more character of its author's. */
export function withCharacter(word: Word, character: string): Word {
  const follows = word.dotted && /[\p{L}\p{N}]/u.test(character);
  const address = word.address || follows || addressCharacters.has(character);
  const dotted = character === '.';
  return address === word.address && dotted === word.dotted && word.written
    ? word
    : { ...word, address, dotted, written: true };
}

// Of `https://`, `//`, a path, and an address of mail. A backslash is a slash to a browser.
const addressCharacters = new Set(['/', '\\', '@']);

/** The word with a field in it. */
export function withField(word: Word, holds: 'text' | 'figure', field: PlacedField): Word {
  return {
    ...word,
    // Two are many.
    texts: Math.min(word.texts + (holds === 'text' ? 1 : 0), 2),
    figures: Math.min(word.figures + (holds === 'figure' ? 1 : 0), 2),
    address: word.address || word.dotted,
    dotted: false,
    field: word.field ?? field,
  };
}

/** The word with an author's text in it that is not known here. */
export function withForeign(word: Word): Word {
  return { ...word, foreign: true, address: word.address || word.dotted, dotted: false };
}

/** Either of two words: what may be in it is in it. */
export function eitherWord(a: Word, b: Word): Word {
  if (a === b) return a;
  return {
    texts: Math.max(a.texts, b.texts),
    figures: Math.max(a.figures, b.figures),
    foreign: a.foreign || b.foreign,
    address: a.address || b.address,
    written: a.written || b.written,
    dotted: a.dotted || b.dotted,
    field: a.field ?? b.field,
  };
}

/** Whether two words come to the same. */
export function isSameWord(a: Word, b: Word): boolean {
  return (
    a === b ||
    (a.texts === b.texts &&
      a.figures === b.figures &&
      a.foreign === b.foreign &&
      a.address === b.address &&
      a.written === b.written &&
      a.dotted === b.dotted)
  );
}

/** Whether a field in it may become part of somebody's address: one that stands there, or that another value holds. */
export function leaks({ texts, figures, foreign, address }: Word): boolean {
  const fields = texts + figures;
  return fields > 0 && (address || foreign || texts > 1 || (texts === 1 && figures > 0));
}

/** Whether it is one field that may hold an address, and nothing else. */
export function isFieldAlone({ texts, figures, foreign, written }: Word): boolean {
  return texts === 1 && figures === 0 && !foreign && !written;
}
