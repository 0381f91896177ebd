import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { html, htmlLanguage } from '@codemirror/lang-html';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension, type TransactionSpec } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  placeholder,
} from '@codemirror/view';
import { make } from '../page.ts';
import { completeMustaches } from './completion.ts';
import { handlebars } from './handlebars.ts';
import { json } from './json.ts';
import { theme } from './theme.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What a field of code holds. `line` is text without line breaks. */
export type CodeLanguage = 'line' | 'html' | 'text' | 'json';

/** A text area that has become an editor. The area keeps the value, for the form. */
export interface CodeField {
  area: HTMLTextAreaElement;
  view: EditorView;
  /** Marks lines; replaces the marks there were. */
  mark(issues: readonly Diagnostic[]): void;
  /** Puts text at the cursor. */
  insert(text: string): void;
  /** Replaces everything, as if it had been typed. */
  replace(text: string): void;
}

/** Puts an editor in the place of a text area. Changes are sent as the area's own `input` events. */
export function codeField(area: HTMLTextAreaElement, vocabulary: () => Vocabulary): CodeField {
  const language = area.dataset.code as CodeLanguage;
  const host = make('div', { className: `code code-${language}` });
  const root = host.attachShadow({ mode: 'open' });
  area.before(host);
  area.hidden = true;
  const view = new EditorView({
    // A shadow has style sheets of its own, which the page's policy allows where it refuses style elements.
    root,
    parent: root,
    doc: language === 'line' ? area.value.trimEnd() : area.value,
    extensions: [
      ...common(area),
      ...(language === 'line' ? line : block),
      ...(language === 'html' ? htmlWithMustaches(vocabulary) : []),
      ...(language === 'json' ? [json] : [handlebars]),
      ...(language === 'text' || language === 'line'
        ? [autocompletion({ override: [completeMustaches(vocabulary)], icons: false })]
        : []),
      EditorView.updateListener.of(({ docChanged, state }) => {
        if (!docChanged) return;
        area.value = state.doc.toString();
        area.dispatchEvent(new Event('input', { bubbles: true }));
      }),
    ],
  });
  for (const label of area.labels) label.addEventListener('click', () => view.focus());
  return {
    area,
    view,
    mark: issues => view.dispatch(setDiagnostics(view.state, [...issues])),
    insert(text) {
      view.dispatch(view.state.replaceSelection(text));
      view.focus();
    },
    replace: text => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
  };
}

function common(area: HTMLTextAreaElement): Extension[] {
  const { readOnly } = area;
  return [
    theme,
    history(),
    drawSelection(),
    highlightSpecialChars(),
    bracketMatching(),
    closeBrackets(),
    EditorView.lineWrapping,
    EditorState.readOnly.of(readOnly),
    EditorState.tabSize.of(2),
    indentUnit.of('  '),
    EditorView.contentAttributes.of({
      'aria-label': area.labels[0]?.textContent?.trim() || area.name,
      tabindex: '0',
      ...(readOnly && { 'aria-readonly': 'true' }),
      spellcheck: area.dataset.code === 'json' ? 'false' : 'true',
    }),
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap]),
    ...(area.placeholder ? [placeholder(area.placeholder)] : []),
  ];
}

// Tab indents; Escape and then Tab leaves, as the line under the editor says.
const block: Extension[] = [
  lineNumbers(),
  foldGutter(),
  lintGutter(),
  search({ top: true }),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  highlightSelectionMatches(),
  indentOnInput(),
  keymap.of([...searchKeymap, ...foldKeymap, indentWithTab]),
];

/** What is pasted with line breaks into a single line loses them. */
const line: Extension[] = [
  EditorState.transactionFilter.of(transaction => {
    if (!transaction.docChanged || transaction.newDoc.lines === 1) return transaction;
    const text = transaction.newDoc.toString().replace(/\s+/g, space => (space.includes('\n') ? ' ' : space));
    return [
      transaction,
      { changes: { from: 0, to: transaction.newDoc.length, insert: text }, sequential: true },
    ] satisfies readonly TransactionSpec[];
  }),
];

function htmlWithMustaches(vocabulary: () => Vocabulary): Extension[] {
  return [
    html({ matchClosingTags: false }),
    htmlLanguage.data.of({ autocomplete: completeMustaches(vocabulary) }),
    autocompletion({ icons: false }),
  ];
}
