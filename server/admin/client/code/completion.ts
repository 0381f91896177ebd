import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
  snippetCompletion,
} from '@codemirror/autocomplete';
import { frameVariables, type Variable, type Vocabulary, variablesAt } from './vocabulary.ts';

/** Completes what is typed in mustaches: variables with type and sample, helpers, blocks and partials. */
export function completeMustaches(vocabulary: () => Vocabulary): CompletionSource {
  return context => {
    const open = context.matchBefore(/\{\{\{?~?[^{}]*$/);
    if (!open) return null;
    const { mark, word } = typedIn(open.text);
    const from = context.pos - word.length;
    return {
      from,
      options: optionsFor(mark, context, open.from, vocabulary()),
      validFor: /^[\w@./-]*$/,
    } satisfies CompletionResult;
  };
}

/** What kind of mustache was begun, and the word that is being typed. */
function typedIn(text: string): { mark: string; word: string } {
  const [begin = '', mark = ''] = /^\{\{\{?~?\s*([#>/]?)/.exec(text) ?? [];
  const rest = text.slice(begin.length);
  const word = /(?<![\w@./[\]-])[\w@./[\]-]*$/.exec(rest)?.[0] ?? '';
  // What is in quotes is completed by nobody.
  const isWord = word === rest || /[\s(=]$/.test(rest.slice(0, rest.length - word.length));
  return isWord ? { mark, word } : { mark: '', word: '' };
}

function optionsFor(
  mark: string,
  { state, pos }: CompletionContext,
  open: number,
  { variables, partials, helpers }: Vocabulary,
): Completion[] {
  if (mark === '>') return partials.map(label => ({ label, type: 'partial', detail: 'partial' }));
  const inside = state.sliceDoc(open, pos).trim();
  if (mark === '#' && /^\{\{~?#\w*$/.test(inside)) return blocks;
  const known = [...variablesAt(variables, state.sliceDoc(0, open)), ...frameVariables].map(variableOption);
  const called = helpers.map(({ name, usage, says }) => ({
    label: name,
    detail: usage,
    info: says,
    boost: -1,
  }));
  return [...known, ...called];
}

function variableOption({ path, type, required, sample }: Variable): Completion {
  if (type === 'frame') return { label: path, info: sample, boost: -2 };
  return {
    label: path,
    detail: required ? type : `${type}, optional`,
    ...(sample !== '' && { info: `Sample: ${sample}` }),
    boost: 1,
  };
}

// The opening mustache is there; the snippet brings its end and the rest of the block.
const blocks: Completion[] = [
  ['if', 'if #{condition}}}\n  #{}\n{{/if'],
  ['unless', 'unless #{condition}}}\n  #{}\n{{/unless'],
  ['each', 'each #{list}}}\n  #{}\n{{/each'],
  ['with', 'with #{object}}}\n  #{}\n{{/with'],
].map(([label = '', text = '']) => snippetCompletion(text, { label, detail: 'block' }));
