import Joi from 'joi';
import { PageError } from '../page-error.ts';
import type { EditorFields, RowFields } from './fields.ts';

const text = Joi.string().allow('').default('');
const row = Joi.object<RowFields>({
  path: text,
  type: text,
  required: Joi.any()
    .custom(value => value !== '' && value !== undefined)
    .default(false),
  ...{ min: text, max: text, enum: text, sample: text, was: text },
});
const value = Joi.object({ name: text, value: text });
const parts = Joi.object().pattern(Joi.valid('subject', 'preheader', 'html', 'text', 'mjml'), text);

const form = Joi.object<EditorFields>({
  ...{ category: text, description: text, layout: text, confidential: text, sample: text },
  locales: Joi.object().pattern(Joi.string(), parts).default({}),
  rows: Joi.array().items(row).default([]),
  values: Joi.array().items(value).default([]),
});

/**
 * Reads the editor's form; what it does not have stays empty, what does not belong to it is dropped. What has none of its
 * fields, or has them in another shape, is refused: read as an empty form, it would empty a template.
 */
export function readForm(body: unknown): EditorFields {
  const { rows, values, ...rest } = (body ?? {}) as Record<string, unknown>;
  const given = { ...rest, rows: listOf(rows), values: listOf(values) };
  const { error, value: fields } = form.validate(even(given), { stripUnknown: true, convert: false });
  if (error || (rest.locales === undefined && values === undefined))
    throw new PageError(422, 'Form not readable', 'This is not the form of the editor. Nothing was changed.');
  return { ...fields, rows: fields.rows.filter(({ path }) => path.trim() !== '') };
}

// A parser of forms makes a list of few entries and an object of many.
function listOf(entries: unknown): unknown[] {
  return typeof entries === 'object' && entries !== null ? Object.values(entries) : [];
}

// Browsers send each line's end as two characters.
function even(form: unknown): unknown {
  return JSON.parse(JSON.stringify(form), (_key, one: unknown) =>
    typeof one === 'string' ? one.replace(/\r\n?/g, '\n') : one,
  );
}
