import Handlebars from 'handlebars';
import { inAddress } from './rules.ts';
import type { State } from './state.ts';
import type { Value } from './values.ts';
import { leaks, type PlacedField, type Word, withField, withForeign } from './word.ts';

/** What a mustache prints, and how. */
export interface Printed {
  value: Value;
  field: PlacedField;
  isEscaped: boolean;
}

/** What becomes of a state when a value is printed in it. `problem` is the rest of a sentence about the value. */
export interface PrintResult {
  state: State;
  problem?: string;
}

/** What a value puts into the source by its characters; null for one that is not known. */
export function charactersOf({ value, isEscaped }: Printed, isHtml: boolean): string | null {
  if (value.kind === 'plain') return '0';
  if (value.kind !== 'literal') return null;
  return isHtml && isEscaped ? Handlebars.escapeExpression(value.text) : value.text;
}

/** Prints a value whose characters are not known. */
export function print(state: State, printed: Printed): PrintResult {
  const { html } = state;
  if (html && printed.value.kind === 'foreign' && !printed.isEscaped)
    return { state, problem: 'may bring markup with it: use two braces, {{ }}' };
  if (!html || html.mode === 'text') return inWord(state, printed);
  switch (html.mode) {
    case 'raw':
      return html.raw === 'title' ? inWord(state, printed) : { state, problem: 'stands in a style sheet' };
    case 'value':
      return { state: { ...state, value: withValue(state.value, printed), header: `${state.header}?` } };
    case 'comment':
      return printed.value.kind === 'foreign' ? { state } : { state, problem: 'stands in a comment' };
    default:
      return { state, problem: 'stands inside a tag: put it into the value of an attribute, in quotes' };
  }
}

function inWord(state: State, printed: Printed): PrintResult {
  const word = withValue(state.word, printed);
  return leaks(word) ? { state: { ...state, word }, problem: inAddress } : { state: { ...state, word } };
}

function withValue(word: Word, { value, field }: Printed): Word {
  if (value.kind === 'foreign') return withForeign(word);
  return withField(word, value.kind === 'field' ? value.holds : 'figure', field);
}
