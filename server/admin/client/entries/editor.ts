import { EditorView } from '@codemirror/view';
import { type CodeField, codeField } from '../code/field.ts';
import type { Helper, Vocabulary } from '../code/vocabulary.ts';
import { contractTable, variablesIn } from '../editor/contract-table.ts';
import { enterPressesOwnButton } from '../editor/enter-key.ts';
import { isDraftField } from '../editor/form.ts';
import { insertPicker } from '../editor/insert.ts';
import { type Issue, positionOf, showIssues } from '../editor/issues.ts';
import { languagesOf } from '../editor/languages.ts';
import { type Preview, previewOf } from '../editor/preview.ts';
import { type Saving, savingOf } from '../editor/saving.ts';
import { makeTabs, openTabsOf } from '../editor/tabs.ts';
import { find, findAll } from '../page.ts';

const form = find<HTMLFormElement>('form[data-editor]');
const isReadOnly = form.dataset.readOnly !== undefined;
const given = JSON.parse(form.dataset.vocabulary ?? '{}') as {
  partials: { html: string[]; text: string[] };
  helpers: Helper[];
  brand: string[];
};

const fields = new Map<string, CodeField>();
let focused: CodeField | null = null;
let issues: Issue[] = [];

for (const container of findAll('[data-tabs]', form)) makeTabs(container);
contractTable(form);
const languages = languagesOf(form, locale => {
  const pane = form.querySelector(`[data-panes="${CSS.escape(locale)}"]`);
  if (pane) for (const area of findAll<HTMLTextAreaElement>('textarea[data-code]', pane)) edit(area);
  preview?.now();
});
for (const area of findAll<HTMLTextAreaElement>('textarea[data-code="json"]', form)) edit(area);
const preview: Preview | null = isReadOnly
  ? null
  : previewOf(form, found => {
      issues = found;
      showIssues(issues, fields, goTo);
    });
languages.show(languages.shown());
const saving: Saving | null = isReadOnly ? null : savingOf(form);
if (saving && preview) listen(saving, preview);
goToAsked();

/** Puts an editor in the place of a text area, once. */
function edit(area: HTMLTextAreaElement): void {
  if (fields.has(area.name)) return;
  const field = codeField(area, () => vocabularyFor(area));
  fields.set(area.name, field);
  area.addEventListener('code:replace', event => field.replace((event as CustomEvent<string>).detail));
  field.view.contentDOM.addEventListener('focus', () => {
    focused = field;
  });
}

function vocabularyFor({ dataset: { part } }: HTMLTextAreaElement): Vocabulary {
  const flavour = part === 'html' || part === 'mjml' ? 'html' : 'text';
  return { variables: variablesIn(form), partials: given.partials[flavour], helpers: given.helpers };
}

function listen(saved: Saving, shown: Preview): void {
  form.addEventListener('input', ({ target }) => {
    const name = target instanceof Element ? (target.getAttribute('name') ?? 'form') : 'form';
    if (isDraftField(name)) saved.changed();
    if (isDraftField(name) || name.startsWith('show[')) shown.changed();
  });
  addEventListener('keydown', event => {
    if (event.key !== 's' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    void saved.save();
  });
  enterPressesOwnButton(form);
  for (const keys of findAll('[data-keys]', form)) keys.hidden = false;
  const insert = form.querySelector<HTMLButtonElement>('[data-insert]');
  if (insert)
    insertPicker(
      insert,
      () => focused ?? mainField(),
      field => vocabularyFor(field.area),
    );
  const copySample = form.querySelector<HTMLButtonElement>('[data-sample-from-preview]');
  copySample?.addEventListener('click', () => {
    find<HTMLTextAreaElement>('[name="sampleData[data]"]', form).value = shown.data();
  });
  const base = form.querySelector<HTMLInputElement>('[data-take-base]');
  base?.addEventListener('change', () => {
    find<HTMLInputElement>('[name="baseVersion"]', form).value = base.checked ? base.value : '';
  });
}

/** Where a variable goes when nobody has clicked anywhere: the body in the language that is shown. */
function mainField(): CodeField | null {
  const shown = [...fields.values()].filter(({ area }) =>
    area.name.startsWith(`locales[${languages.shown()}]`),
  );
  return (
    shown.find(({ area }) => area.dataset.part === 'html' || area.dataset.part === 'mjml') ?? shown[0] ?? null
  );
}

/** A page that lists issues leads to each by what follows the # of the address. */
function goToAsked(): void {
  const [, name, line, column] = /^#at=(.+):(\d+):(\d+)$/.exec(decodeURIComponent(location.hash)) ?? [];
  if (name) goTo({ field: name, line: Number(line), column: Number(column) });
}

/** Opens the place of an issue and puts the cursor there. */
function goTo({ field: name, line, column }: Pick<Issue, 'field' | 'line' | 'column'>): void {
  const locale = /^locales\[(.+?)\]/.exec(name ?? '')?.[1];
  if (locale) languages.show(locale);
  const field = fields.get(name ?? '');
  if (!field) {
    const section = form.querySelector(`[data-field="${CSS.escape(name ?? '')}"]`);
    if (section) openTabsOf(section);
    section?.querySelector<HTMLElement>('input, select, textarea')?.focus();
    return;
  }
  openTabsOf(field.area);
  const at = positionOf(field.view.state.doc, line, column);
  field.view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) });
  field.view.focus();
}
