import { faultIn, type LetterRule } from './letter.ts';

/** The sender is fixed: a From made of data lets a value pose as somebody else, and providers refuse it. */
export const sender: LetterRule = letter => {
  const { name = '', email } = letter.from;
  if (!/\{\{|\}\}/.test(`${name} ${email}`)) return [];
  const message = 'The From must not contain merge fields: give the category a fixed name and address.';
  return [faultIn(letter, 'from', { severity: 'error', rule: 'from', message })];
};
