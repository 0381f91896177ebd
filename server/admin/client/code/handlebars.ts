import { type Extension, RangeSetBuilder } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';
import { type TokenKind, tokensOf } from './tokens.ts';

/** Colours mustaches, whatever language they are in. */
export const handlebars: Extension = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = marksOf(view);
    }

    update({ docChanged, viewportChanged, view }: ViewUpdate): void {
      if (docChanged || viewportChanged) this.decorations = marksOf(view);
    }
  },
  { decorations: plugin => plugin.decorations },
);

const marks = Object.fromEntries(
  (['comment', 'bracket', 'keyword', 'partial', 'variable', 'name', 'string', 'number'] as const).map(
    kind => [kind, Decoration.mark({ class: `hb hb-${kind}` })],
  ),
) as Record<TokenKind, Decoration>;

// A mustache may begin above what is seen; few are longer than this.
const lookBack = 2_000;

function marksOf({ state: { doc }, visibleRanges }: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  let done = 0;
  for (const { from, to } of visibleRanges) {
    const start = Math.max(done, from - lookBack);
    for (const token of tokensOf(doc.sliceString(start, to))) {
      if (start + token.from < done) continue;
      builder.add(start + token.from, start + token.to, marks[token.kind]);
      done = start + token.to;
    }
  }
  return builder.finish();
}
