import type { CodeField } from '../code/field.ts';
import { type Vocabulary, variablesAt } from '../code/vocabulary.ts';
import { find, findAll, make } from '../page.ts';

/** One line of the picker. */
interface Item {
  group: 'Variables' | 'Partials' | 'Helpers';
  text: string;
  detail: string;
  inserted: string;
}

/** The picker: everything that can be put in at the cursor, with its type and sample, searched by typing. */
export function insertPicker(
  button: HTMLButtonElement,
  current: () => CodeField | null,
  vocabulary: (field: CodeField) => Vocabulary,
): void {
  const search = make('input', { type: 'search', placeholder: 'Search variables, partials and helpers' });
  search.setAttribute('aria-label', 'Search');
  const list = make('div', { className: 'picker-list' });
  const close = make('button', { type: 'button', className: 'quiet-button small', textContent: 'Close' });
  const title = make('h2', { id: 'picker-title', textContent: 'Insert' });
  const dialog = make(
    'dialog',
    { className: 'picker' },
    make('div', { className: 'row' }, title, close),
    search,
    list,
  );
  dialog.setAttribute('aria-labelledby', title.id);
  document.body.append(dialog);

  const show = (field: CodeField) => {
    const items = itemsFor(field, vocabulary(field)).filter(({ text, detail }) =>
      `${text} ${detail}`.toLowerCase().includes(search.value.toLowerCase()),
    );
    list.replaceChildren(
      ...(['Variables', 'Partials', 'Helpers'] as const).flatMap(group => {
        const own = items.filter(item => item.group === group);
        return own.length === 0 ? [] : [make('h3', {}, group), ...own.map(item => lineOf(item, field))];
      }),
      ...(items.length === 0 ? [make('p', { className: 'hint' }, 'No matches.')] : []),
    );
  };
  const lineOf = ({ text, detail, inserted }: Item, field: CodeField) => {
    const line = make('button', { type: 'button' }, make('code', {}, text), make('small', {}, detail));
    line.addEventListener('click', () => {
      dialog.close();
      field.insert(inserted);
    });
    return line;
  };

  button.hidden = false;
  button.addEventListener('click', () => {
    const field = current();
    if (!field) return;
    search.value = '';
    show(field);
    search.oninput = () => show(field);
    dialog.showModal();
    search.focus();
  });
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('keydown', ({ key }) => {
    const lines = findAll<HTMLButtonElement>('button', list);
    const at = lines.indexOf(document.activeElement as HTMLButtonElement);
    if (key === 'ArrowDown') lines[at + 1]?.focus();
    if (key === 'ArrowUp') (at <= 0 ? search : lines[at - 1])?.focus();
    if (key === 'Enter' && document.activeElement === search) find<HTMLButtonElement>('button', list).click();
  });
}

function itemsFor({ view }: CodeField, { variables, partials, helpers }: Vocabulary): Item[] {
  const before = view.state.sliceDoc(0, view.state.selection.main.head);
  return [
    ...variablesAt(variables, before).map(({ path, type, required, sample }): Item => {
      const kind = required ? type : `${type}, optional`;
      return {
        group: 'Variables',
        text: path,
        detail: sample ? `${kind}: ${sample}` : kind,
        inserted: variableText(path, type),
      };
    }),
    ...partials.map(
      (name): Item => ({ group: 'Partials', text: name, detail: 'partial', inserted: `{{> ${name}}}` }),
    ),
    ...helpers.map(
      ({ name, usage, says }): Item => ({
        group: 'Helpers',
        text: name,
        detail: says,
        inserted: name === 'eq' ? '{{#if (eq a b)}}\n{{/if}}' : `{{${usage.replace(/ \[\w+\]/g, '')}}}`,
      }),
    ),
  ];
}

function variableText(path: string, type: string): string {
  if (type === 'array') return `{{#each ${path}}}\n  {{this}}\n{{/each}}`;
  if (type === 'object') return `{{#with ${path}}}\n{{/with}}`;
  if (type === 'boolean') return `{{#if ${path}}}\n{{/if}}`;
  return type === 'date' ? `{{date ${path}}}` : `{{${path}}}`;
}
