import { faultIn, type LetterRule } from './letter.ts';

/** A text made from HTML is readable; one that was written is good. */
export const textPart: LetterRule = letter => {
  if (letter.hasOwnText) return [];
  const message =
    'There is no text part: one is made from the HTML, but filters and readers prefer one you wrote.';
  return [faultIn(letter, 'text', { severity: 'warning', rule: 'text-part', message })];
};
