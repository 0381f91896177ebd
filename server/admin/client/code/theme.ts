import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

// The page's own tokens reach into the editor's shadow, light and dark alike.
const look = EditorView.theme({
  '&': { color: 'var(--text)', backgroundColor: 'var(--surface)', fontSize: '0.8125rem', height: '100%' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace',
    lineHeight: '1.6',
  },
  '.cm-content': { padding: '0.625rem 0', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 0.75rem' },
  '.cm-cursor': { borderLeftColor: 'var(--text)', borderLeftWidth: '2px' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--code-selection)',
  },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--code-line)' },
  '.cm-gutters': {
    color: 'var(--quiet)',
    backgroundColor: 'var(--surface)',
    border: 'none',
    paddingLeft: '0.25rem',
  },
  '.cm-foldGutter': { cursor: 'pointer' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'var(--grey-tint)',
    outline: 'none',
  },
  '.cm-placeholder': { color: 'var(--quiet)' },
  '.cm-searchMatch': { backgroundColor: 'var(--amber-tint)', outline: '1px solid var(--amber-fill)' },
  '.cm-tooltip': {
    color: 'var(--text)',
    backgroundColor: 'var(--surface)',
    border: '1px solid var(--line)',
    borderRadius: '8px',
    boxShadow: 'var(--shadow-high)',
    maxWidth: 'min(28rem, 90vw)',
    fontFamily: 'system-ui, sans-serif',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    fontFamily: 'ui-monospace, Menlo, Consolas, monospace',
    maxHeight: '16rem',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '0.25rem 0.625rem', lineHeight: '1.5' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    color: 'var(--accent-text)',
    backgroundColor: 'var(--accent)',
  },
  '.cm-completionDetail': { fontStyle: 'normal', opacity: '0.8', marginLeft: '0.75rem' },
  '.cm-completionIcon': { display: 'none' },
  '.cm-tooltip.cm-completionInfo': { padding: '0.5rem 0.75rem', overflowWrap: 'anywhere' },
  '.cm-panels': { color: 'var(--text)', backgroundColor: 'var(--page)' },
  '.cm-panels input, .cm-panels button': { color: 'var(--text)', background: 'var(--surface)' },
  '.cm-diagnostic': { padding: '0.5rem 0.75rem' },
  // In place of images in the style sheet, which the page's policy refuses.
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--red-fill)' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--amber-fill)' },
  '.cm-lint-marker': { width: '0.6rem', height: '0.6rem', marginTop: '0.35rem', borderRadius: '50%' },
  '.cm-lint-marker-error': { content: 'none', backgroundColor: 'var(--red-fill)' },
  '.cm-lint-marker-warning': { content: 'none', backgroundColor: 'var(--amber-fill)' },
  '.cm-gutter-lint': { width: '0.9rem' },
  '.cm-diagnostic-error': { borderLeft: '4px solid var(--red-fill)' },
  '.cm-diagnostic-warning': { borderLeft: '4px solid var(--amber-fill)' },
  '.cm-mergeView .cm-changedLine, .cm-changedLine': { backgroundColor: 'var(--amber-tint)' },
  '.cm-collapsedLines': { color: 'var(--quiet)', background: 'var(--page)' },
  '.cm-collapsedLines:before, .cm-collapsedLines:after': { content: '""' },
  '.cm-changedText': { background: 'none', textDecoration: 'underline', textDecorationThickness: '2px' },
  '.hb': { borderRadius: '3px', backgroundColor: 'var(--code-mustache)' },
  '.hb, .hb *': { color: 'var(--text)' },
  '.hb-bracket, .hb-bracket *': { color: 'var(--quiet)' },
  '.hb-variable, .hb-variable *': { color: 'var(--blue-ink)', fontWeight: '600' },
  '.hb-keyword, .hb-keyword *': { color: 'var(--violet-ink)', fontWeight: '600' },
  '.hb-partial, .hb-partial *': { color: 'var(--pink-ink)', fontWeight: '600' },
  '.hb-name, .hb-name *': { color: 'var(--teal-ink)' },
  '.hb-string, .hb-string *': { color: 'var(--green-ink)' },
  '.hb-number, .hb-number *': { color: 'var(--amber-ink)' },
  '.hb-comment, .hb-comment *': { color: 'var(--quiet)', fontStyle: 'italic' },
});

const words = HighlightStyle.define([
  { tag: [tags.tagName, tags.angleBracket], color: 'var(--teal-ink)' },
  { tag: [tags.attributeName, tags.propertyName], color: 'var(--amber-ink)' },
  { tag: [tags.attributeValue, tags.string], color: 'var(--green-ink)' },
  { tag: [tags.comment, tags.processingInstruction], color: 'var(--quiet)', fontStyle: 'italic' },
  { tag: [tags.number, tags.bool, tags.null, tags.unit, tags.color], color: 'var(--violet-ink)' },
  { tag: [tags.keyword, tags.className], color: 'var(--violet-ink)' },
]);

/** How code looks. */
export const theme: Extension = [look, syntaxHighlighting(words)];
