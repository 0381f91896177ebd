import type { Variable } from '../code/vocabulary.ts';
import { find, findAll } from '../page.ts';
import { cell } from './contract-cells.ts';
import { readSamples, sample, writeSample } from './contract-samples.ts';

/** The data contract's table: fields are added, nested and removed, and its samples agree with the JSON below. */
export function contractTable(form: HTMLFormElement): void {
  const table = form.querySelector<HTMLTableElement>('[data-contract]');
  if (!table) return;
  const readOnly = form.dataset.readOnly !== undefined;
  for (const row of findAll('[data-row]', table)) {
    if (cell(row, 'path').value === '' && !readOnly) row.remove();
    else prepare(row, form);
  }
  if (readOnly) return;
  const add = find<HTMLButtonElement>('[data-add-row]', form);
  add.hidden = false;
  add.addEventListener('click', () => addRow(form, table, '').focus());
  sample(form).addEventListener('input', () => readSamples(form));
}

/** The contract as it is in the table. */
export function variablesIn(form: HTMLFormElement): Variable[] {
  return findAll('[data-row]', form).flatMap(row => {
    const path = cell(row, 'path').value.trim();
    const required = cell(row, 'required').checked;
    return path === ''
      ? []
      : { path, type: cell(row, 'type').value, required, sample: cell(row, 'sample').value };
  });
}

function addRow(
  form: HTMLFormElement,
  table: HTMLElement,
  path: string,
  after?: HTMLElement,
): HTMLInputElement {
  const blank = find<HTMLTemplateElement>('[data-blank-row]', form);
  const row = find('[data-row]', document.importNode(blank.content, true));
  const index = `n${Date.now()}${findAll('[data-row]', table).length}`;
  for (const field of findAll<HTMLInputElement>('[name]', row))
    field.name = field.name.replace('INDEX', index);
  cell(row, 'path').value = path;
  if (after) after.after(row);
  else find('tbody', table).append(row);
  prepare(row, form);
  changed(form);
  return cell(row, 'path');
}

function prepare(row: HTMLElement, form: HTMLFormElement): void {
  const table = find('[data-contract]', form);
  const nest = row.querySelector<HTMLButtonElement>('[data-nest]');
  const remove = row.querySelector<HTMLButtonElement>('[data-remove]');
  const isReadOnly = form.dataset.readOnly !== undefined;
  const update = () => {
    const path = cell(row, 'path').value;
    row.dataset.depth = String(
      Math.min(path.split(/\.|\[\]/).filter(Boolean).length + (path.endsWith('[]') ? 1 : 0), 5),
    );
    const type = cell(row, 'type').value;
    const isContainer = type === 'object' || type === 'array';
    cell(row, 'sample').disabled = isContainer && !isReadOnly;
    find('[data-limits]', row).textContent = limitsOf(row);
    if (nest) nest.hidden = isReadOnly || !isContainer;
    if (remove) remove.hidden = isReadOnly;
  };
  nest?.addEventListener('click', () => {
    const path = cell(row, 'path').value.trim();
    const inner = cell(row, 'type').value === 'array' ? `${path}[]` : `${path}.`;
    const field = addRow(form, table, inner, lastInside(table, row));
    field.focus();
    field.setSelectionRange(inner.length, inner.length);
  });
  remove?.addEventListener('click', () => {
    const inside = rowsInside(table, row);
    const next = (inside.at(-1) ?? row).nextElementSibling ?? row.previousElementSibling;
    for (const gone of [row, ...inside]) gone.remove();
    changed(form);
    next?.querySelector('input')?.focus();
  });
  row.addEventListener('input', update);
  cell(row, 'sample').addEventListener('input', () => writeSample(form, row));
  update();
}

function limitsOf(row: HTMLElement): string {
  const [min, max, choices] = ['min', 'max', 'enum'].map(name => cell(row, name).value.trim());
  if (choices) return `one of ${choices}`;
  const bounds = [...(min ? [`from ${min}`] : []), ...(max ? [`to ${max}`] : [])];
  return bounds.join(' ') || 'any';
}

function rowsInside(table: HTMLElement, row: HTMLElement): HTMLElement[] {
  const path = cell(row, 'path').value.trim();
  if (path === '') return [];
  return findAll('[data-row]', table).filter(other => {
    const inner = cell(other, 'path').value;
    return inner.startsWith(`${path}.`) || inner.startsWith(`${path}[]`);
  });
}

function lastInside(table: HTMLElement, row: HTMLElement): HTMLElement {
  return rowsInside(table, row).at(-1) ?? row;
}

function changed(form: HTMLFormElement): void {
  form.dispatchEvent(new Event('input', { bubbles: true }));
}
