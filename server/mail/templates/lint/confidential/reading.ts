import { type HtmlEvents, readCharacter } from './html-place.ts';
import {
  attributeProblem,
  canBeFetched,
  endsWord,
  holdsWords,
  inAddress,
  isQuietHeader,
  styleProblem,
  tagProblem,
  valueProblem,
} from './rules.ts';
import type { State } from './state.ts';
import {
  emptyWord,
  isGap,
  leaks,
  type PlacedField,
  type Word,
  withCharacter,
  wordAfterAddress,
} from './word.ts';

/** Reads one text, character by character. */
export interface Reading {
  /** Throws `AmbiguousHtml`. */
  read(character: string): void;
  state(): State;
}

interface ReadingOptions {
  isGuess: boolean;
  hasOwnText: boolean;
  /** Says what is wrong where the reading is, as a sentence. */
  reportHere(problem: string): void;
  reportField(field: PlacedField, problem: string): void;
}

/** Begins to read at a state. */
export function createReading(start: State, options: ReadingOptions): Reading {
  const { isGuess, hasOwnText, reportHere, reportField } = options;
  let state = start;

  const change = (more: Partial<State>) => {
    state = { ...state, ...more };
  };
  const reportLeak = (word: Word) => {
    if (leaks(word) && word.field) reportField(word.field, inAddress);
  };
  const say = (problem: string | null) => {
    if (problem !== null) reportHere(problem);
  };
  const inText = (character: string) => {
    const next = isGap(character) ? emptyWord : withCharacter(state.word, character);
    if (next === state.word) return;
    if (!leaks(state.word)) reportLeak(next);
    change({ word: next });
  };

  const events: HtmlEvents = {
    text(character) {
      if (state.html?.raw === 'style') change({ css: state.css + character });
      else inText(character);
    },
    attribute({ tag, attribute }) {
      say(attributeProblem(tag, attribute));
      change({ value: emptyWord, isAddressed: false, header: '' });
    },
    value(character) {
      const { html, value, header } = state;
      if (html?.attribute === 'http-equiv') change({ header: header + character });
      if (character === '/' || character === '\\') change({ isAddressed: true });
      if (!isGap(character)) change({ value: withCharacter(value, character) });
      else if (holdsWords(html?.attribute ?? '')) {
        reportLeak(value);
        change({ value: emptyWord });
      }
    },
    attributeEnd({ tag, attribute }) {
      const { value, header, isAddressed } = state;
      const problem = valueProblem(tag, attribute, value);
      if (problem && value.field) reportField(value.field, problem);
      if (attribute === 'http-equiv' && !isQuietHeader(header))
        say('A mail cannot lead to another page by itself: take the http-equiv out.');
      if (isGuess && isAddressed && canBeFetched(tag, attribute))
        say(
          'This address is there for some values of a field alone, and so tells its site which: take it out of the block.',
        );
    },
    tag({ tag, isClosing, isConditional }) {
      if (!isClosing) say(tagProblem(tag, isConditional));
      if (tag === 'a' && isClosing && !hasOwnText) change({ word: wordAfterAddress });
      else if (endsWord(tag, hasOwnText)) change({ word: emptyWord });
    },
    rawEnd({ raw }) {
      if (raw === 'style') say(styleProblem(state.css));
      change({ css: '', word: emptyWord });
    },
  };

  return {
    read(character) {
      if (!state.html) return inText(character);
      const html = readCharacter(state.html, character, events);
      if (html !== state.html) change({ html });
    },
    state: () => state,
  };
}
