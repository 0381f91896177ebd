import type { Diagnostic } from '@codemirror/lint';
import type { CodeField } from '../code/field.ts';
import { find, make } from '../page.ts';

/** An issue as the server sends it. */
export interface Issue {
  severity: 'error' | 'warning';
  rule: string;
  message: string;
  line: number;
  column: number;
  /** Where it is, in words. */
  place: string;
  /** Name of the form's field; null when it is in another source. */
  field: string | null;
  elsewhere: string | null;
  /** Of the editor's address, to open it there. */
  hash: string;
}

/** Lists issues below the editor and marks them in it. */
export function showIssues(
  issues: readonly Issue[],
  fields: ReadonlyMap<string, CodeField>,
  goTo: (issue: Issue) => void,
): void {
  const { sources = '' } = find('[data-editor]').dataset;
  const section = find('[data-issues]');
  section.hidden = issues.length === 0;
  find('[data-issue-count]', section).textContent = String(issues.length);
  find('[data-issue-list]', section).replaceChildren(...issues.map(issue => lineOf(issue, sources, goTo)));
  for (const [name, field] of fields)
    field.mark(
      marksOf(
        issues.filter(issue => issue.field === name),
        field,
      ),
    );
}

function lineOf(issue: Issue, sources: string, goTo: (issue: Issue) => void): HTMLElement {
  const { severity, message, place, field, elsewhere, hash } = issue;
  const tone = make('span', { className: 'state', textContent: severity });
  tone.dataset.state = severity === 'error' ? 'failed' : 'held';
  return make('li', {}, tone, make('span', {}, `${message} `, linkToPlace()));

  function linkToPlace(): Node {
    if (elsewhere)
      return make('a', { href: sources + encodeURIComponent(elsewhere) + hash, textContent: place });
    if (!field) return make('small', { textContent: place });
    const button = make('button', { type: 'button', className: 'link-button', textContent: place });
    button.addEventListener('click', () => goTo(issue));
    return button;
  }
}

function marksOf(issues: readonly Issue[], { view }: CodeField): Diagnostic[] {
  return issues.map(({ severity, message, line, column }) => {
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
