import {
  type ContractRow,
  type FieldType,
  jsonExcess,
  rowsToContract,
  type Source,
  type SourceParts,
  type SourceRef,
} from '../../mail/index.ts';
import type { EditorFields, PartFields, RowFields } from './fields.ts';

/** A form as a source, or what keeps it from being one; `field` names the part of the form. */
export type FormSource = { source: Source } | { field: 'rows' | 'sample' | 'values'; problem: string };

/** The source that a form describes. It need not be good enough to be published. */
export function sourceOf({ kind, key }: SourceRef, fields: EditorFields): FormSource {
  switch (kind) {
    case 'template':
      return templateOf(key, fields);
    case 'layout': {
      const { html = '', text = '' } = fields.locales.default ?? {};
      return { source: { kind, key, content: { html, text } } };
    }
    case 'partial':
      return { source: { kind, key, content: partialOf(fields.locales.default ?? {}) } };
    case 'brand':
      return brandOf(key, fields);
  }
}

function templateOf(key: string, fields: EditorFields): FormSource {
  const sample = readSample(fields.sample);
  if (typeof sample === 'string') return { field: 'sample', problem: sample };
  const table = rowsToContract(fields.rows.map(contractRow), sample);
  if ('problem' in table) return { field: 'rows', problem: `Contract: ${table.path} ${table.problem}.` };
  const { category, description, layout, confidential } = fields;
  const locales = Object.fromEntries(
    Object.entries(fields.locales).map(([locale, parts]) => [locale, templateParts(parts)]),
  );
  const isConfidential = confidential === 'true' && ({ confidential: true } as const);
  const content = { category, description, layout, ...isConfidential, ...table };
  return {
    source: {
      kind: 'template',
      key,
      content: { ...content, locales: { ...locales, default: locales.default ?? templateParts({}) } },
    },
  };
}

function templateParts({ subject = '', html = '', ...rest }: PartFields): SourceParts {
  return { subject, html, ...rest };
}

// A flavour that is empty is absent, but a partial is one of the two at least.
function partialOf({ html = '', text = '' }: PartFields): { html?: string; text?: string } {
  return { ...((html !== '' || text === '') && { html }), ...(text !== '' && { text }) };
}

function brandOf(key: string, { values }: EditorFields): FormSource {
  const named = values
    .filter(({ name }) => name.trim() !== '')
    .map(({ name, value }) => [name.trim(), value]);
  const wrong = named.find(([name = '']) => !/^[a-zA-Z][a-zA-Z0-9_]{0,63}$/.test(name));
  if (wrong) return { field: 'values', problem: `${wrong[0]} is not a valid name: use a-z, A-Z, 0-9 and _.` };
  return { source: { kind: 'brand', key, content: Object.fromEntries(named) } };
}

/** The sample data, or a sentence that says why it cannot be used. */
export function readSample(json: string): Record<string, unknown> | string {
  if (json.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const excess = jsonExcess(value);
      return excess ? `The data ${excess}. Make it smaller.` : (value as Record<string, unknown>);
    }
    return 'The data must be an object, such as { "name": "Ada" }.';
  } catch (error) {
    return `The data is not valid JSON: ${(error as Error).message}.`;
  }
}

function contractRow(fields: RowFields): ContractRow {
  const { path, type, required, sample, was } = fields;
  const limit = (name: 'min' | 'max') => (fields[name].trim() === '' ? {} : { [name]: Number(fields[name]) });
  const choices = fields.enum.split(',').map(one => one.trim());
  return {
    path: path.trim(),
    type: type as FieldType,
    required,
    ...limit('min'),
    ...limit('max'),
    ...(fields.enum.trim() !== '' && { enum: choices.map(one => parseValue(one, type) as string | number) }),
    // A browser takes line breaks out of what it shows in one line.
    ...(sample !== was.replace(/[\r\n]/g, '') && sample !== was && { sample: parseValue(sample, type) }),
  };
}

/** What was typed into a cell, as a value of the field's type; text that is none of that type stays text. */
function parseValue(text: string, type: string): unknown {
  if (type === 'number' || type === 'integer')
    return text.trim() !== '' && !Number.isNaN(Number(text)) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}
