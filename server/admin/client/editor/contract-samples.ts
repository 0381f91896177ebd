import { find, findAll } from '../page.ts';
import { cell } from './contract-cells.ts';

/** Writes the sample of a row into the JSON below the table. */
export function writeSample(form: HTMLFormElement, row: HTMLElement): void {
  const data = dataIn(form);
  const path = cell(row, 'path').value.trim();
  if (!data || path === '') return;
  write(data, stepsOf(path), typedValue(cell(row, 'sample').value, cell(row, 'type').value));
  const area = sample(form);
  area.value = JSON.stringify(data, null, 2);
  area.dispatchEvent(new CustomEvent('code:replace', { detail: area.value }));
}

/** Reads the samples of the rows from the JSON, when it parses; the row with the focus stays as it is. */
export function readSamples(form: HTMLFormElement): void {
  const data = dataIn(form);
  const focused = document.activeElement;
  if (!data) return;
  for (const row of findAll('[data-row]', form)) {
    const field = cell(row, 'sample');
    if (field === focused) continue;
    const value = stepsOf(cell(row, 'path').value.trim()).reduce<unknown>(inside, data);
    field.value = value === undefined || value === null || typeof value === 'object' ? '' : String(value);
    cell(row, 'was').value = field.value;
  }
}

function dataIn(form: HTMLFormElement): Record<string, unknown> | null {
  try {
    const data = JSON.parse(sample(form).value || '{}');
    return typeof data === 'object' && data !== null && !Array.isArray(data) ? data : null;
  } catch {
    return null;
  }
}

/** `lines[].price` as `lines`, 0, `price`: the sample of a list is that of its first item. */
function stepsOf(path: string): (string | number)[] {
  return path.split('.').flatMap(name => {
    const bare = name.replaceAll('[]', '');
    return [
      ...(bare === '' ? [] : [bare]),
      ...Array.from({ length: (name.length - bare.length) / 2 }, () => 0),
    ];
  });
}

function inside(value: unknown, step: string | number): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, step)
    ? (value as Record<string | number, unknown>)[step]
    : undefined;
}

function write(
  target: Record<string | number, unknown>,
  [step, ...rest]: (string | number)[],
  value: unknown,
): void {
  if (step === undefined || step === '__proto__') return;
  const [next] = rest;
  if (next === undefined) {
    target[step] = value;
    return;
  }
  const there = inside(target, step);
  if (typeof there !== 'object' || there === null) target[step] = typeof next === 'number' ? [] : {};
  write(target[step] as Record<string | number, unknown>, rest, value);
}

function typedValue(text: string, type: string): unknown {
  if (type === 'number' || type === 'integer')
    return text.trim() !== '' && !Number.isNaN(Number(text)) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

/** Where the sample data is written as JSON. */
export function sample(form: HTMLFormElement): HTMLTextAreaElement {
  return find<HTMLTextAreaElement>('textarea[name="sample"]', form);
}
