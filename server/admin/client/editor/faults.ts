import type { Diagnostic } from '@codemirror/lint';
import type { CodeField } from '../code/field.ts';
import { find, make } from '../page.ts';

/** A fault as the server sends it. */
export interface Fault {
  severity: 'error' | 'warning';
  rule: string;
  message: string;
  line: number;
  column: number;
  /** Where it is, in words. */
  place: string;
  /** Name of the form's field; null when it lies in another source. */
  field: string | null;
  elsewhere: string | null;
  /** Of the editor's address, to open it there. */
  hash: string;
}

/** Lists faults below the editor and marks them in it. */
export function showFaults(
  faults: readonly Fault[],
  fields: ReadonlyMap<string, CodeField>,
  goTo: (fault: Fault) => void,
): void {
  const { sources = '' } = find('[data-editor]').dataset;
  const section = find('[data-faults]');
  section.hidden = faults.length === 0;
  find('[data-fault-count]', section).textContent = String(faults.length);
  find('[data-fault-list]', section).replaceChildren(...faults.map(fault => lineOf(fault, sources, goTo)));
  for (const [name, field] of fields)
    field.mark(
      marksOf(
        faults.filter(fault => fault.field === name),
        field,
      ),
    );
}

function lineOf(fault: Fault, sources: string, goTo: (fault: Fault) => void): HTMLElement {
  const { severity, message, place, field, elsewhere, hash } = fault;
  const tone = make('span', { className: 'state', textContent: severity });
  tone.dataset.state = severity === 'error' ? 'failed' : 'held';
  return make('li', {}, tone, make('span', {}, `${message} `, linkToPlace()));

  function linkToPlace(): Node {
    if (elsewhere)
      return make('a', { href: sources + encodeURIComponent(elsewhere) + hash, textContent: place });
    if (!field) return make('small', { textContent: place });
    const button = make('button', { type: 'button', className: 'link-button', textContent: place });
    button.addEventListener('click', () => goTo(fault));
    return button;
  }
}

function marksOf(faults: readonly Fault[], { view }: CodeField): Diagnostic[] {
  return faults.map(({ severity, message, line, column }) => {
    const from = positionOf(view.state.doc, line, column);
    const { to } = view.state.doc.lineAt(from);
    return { from, to: Math.max(from, Math.min(to, from + 120)), severity, message };
  });
}

/** A place in the text by line and column, both from 1. */
export function positionOf(doc: CodeField['view']['state']['doc'], line: number, column: number): number {
  const { from, to } = doc.line(Math.min(Math.max(line, 1), doc.lines));
  return Math.min(from + Math.max(column - 1, 0), to);
}
