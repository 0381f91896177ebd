import { MergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { handlebars } from '../code/handlebars.ts';
import { theme } from '../code/theme.ts';
import { find, findAll, make } from '../page.ts';

// Theirs on the left, mine on the right; the arrows between them take a change over.
for (const section of findAll('[data-merge]')) merge(section);

function merge(section: HTMLElement): void {
  const theirs = find<HTMLTextAreaElement>('[data-theirs]', section);
  const mine = find<HTMLTextAreaElement>('[data-mine]', section);
  const host = make('div', { className: 'merge code' });
  const root = host.attachShadow({ mode: 'open' });
  const heads = findAll('label', section).map(label => label.textContent ?? '');
  const common = [theme, handlebars, lineNumbers(), EditorView.lineWrapping];
  find('.halves', section).before(
    make('div', { className: 'merge-heads' }, ...heads.map(head => make('b', {}, head))),
    host,
  );
  find('.halves', section).hidden = true;
  new MergeView({
    root,
    parent: root,
    a: {
      doc: theirs.value,
      extensions: [...common, EditorState.readOnly.of(true), labelled(heads[0] ?? '')],
    },
    b: {
      doc: mine.value,
      extensions: [
        ...common,
        labelled(heads[1] ?? ''),
        EditorView.updateListener.of(({ state }) => {
          mine.value = state.doc.toString();
        }),
      ],
    },
    revertControls: 'a-to-b',
    gutter: true,
    collapseUnchanged: { margin: 3, minSize: 6 },
  });
}

function labelled(label: string) {
  return EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' });
}
