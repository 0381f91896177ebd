import Joi from 'joi';
import { type FormSchema, field } from '../form.ts';
import type { EditorFields, RowFields } from './fields.ts';
import type { SampleDataFields } from './sample-data.ts';

/** What the editor's form holds beside the draft: who sends it, for what, and how the draft is shown. */
export interface EditorForm extends EditorFields {
  revision: number;
  /** The version that the draft has been merged with; null when nobody says so. */
  baseVersion: number | null;
  shownLanguage: string;
  /** The button, such as `publish` or `remove-language:nl`. */
  next: string;
  newLanguage: string;
  testTo: string;
  keepTable: string;
  sampleData: SampleDataFields;
  show: { template: string; data: string; recipient: string; locale: string };
}

const notOurs = 'This is not the form of the editor.';
/** More than any body that is read. */
const longest = 8_000_000;
const word = field.line(1000, notOurs);
// Browsers send each line's end as two characters.
const text = field
  .text(longest, notOurs)
  .custom((value: string) => value.replace(/\r\n?/g, '\n'))
  .default('');

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

const fields = {
  ...{ category: text, description: text, layout: text, confidential: text, sample: text },
  locales: Joi.object().pattern(Joi.string().max(35), parts).default({}),
  rows: listOf(row).custom((rows: RowFields[]) => rows.filter(({ path }) => path.trim() !== '')),
  values: listOf(value),
};

/**
 * The editor's form: what it does not have stays empty. What has none of its fields, or has them in another shape, is
 * refused: read as an empty form, it would empty a template.
 */
export const editorForm: FormSchema<EditorForm> = Joi.object({
  ...fields,
  revision: field.number(notOurs).optional().default(0),
  baseVersion: field.number(notOurs).optional().empty('').default(null),
  ...{ shownLanguage: word, next: word, newLanguage: word, testTo: word, keepTable: word },
  sampleData: Joi.object({ name: word, locale: word, data: text }).default({
    name: '',
    locale: '',
    data: '',
  }),
  show: Joi.object({ template: word, data: word, recipient: word, locale: word }).default({
    ...{ template: '', data: '', recipient: '', locale: '' },
  }),
})
  .custom((form: EditorForm, helpers) => (isEmpty(helpers.original) ? helpers.error('any.invalid') : form))
  .messages({ '*': notOurs });

function isEmpty(given: { locales?: unknown; values?: unknown }): boolean {
  return given.locales === undefined && given.values === undefined;
}

// A parser of forms makes a list of few entries and an object of many.
function listOf(entry: Joi.ObjectSchema): Joi.AnySchema {
  return Joi.alternatives(
    Joi.array().items(entry),
    Joi.object().pattern(Joi.string().max(20), entry).custom(Object.values),
  ).default([]);
}
