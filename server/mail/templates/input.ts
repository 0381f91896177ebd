import Joi from 'joi';
import { argument, type Rules, withCheckedInput } from '../shared/input.ts';
import {
  addressSchema,
  bySchema,
  idSchema,
  jsonSchema,
  limitSchema,
  signalSchema,
  wordSchema,
} from '../shared/schemas.ts';
import type { MailTemplates } from './api.ts';
import type { Authoring } from './authoring/api.ts';
import { localePattern, sourceKinds } from './language/source.ts';
import { partsSchema, sourceSchema } from './language/source-schema.ts';
import type { SampleDataSets } from './preview/sample-data.ts';

const largest = 8 * 1024 * 1024;
const text = Joi.string().allow('');
const by = Joi.string().min(1).max(1000).required();
const version = Joi.number().integer().min(0);
const revision = version.required();
const locale = Joi.string().allow('', null).max(35);
const data = jsonSchema(largest);

// A source names itself, and an editor hands in all that it holds of one.
const refSchema = Joi.object({
  kind: Joi.valid(...sourceKinds).required(),
  // What is no key names nothing, and no column of keys holds it.
  key: wordSchema.max(1000).required(),
})
  .unknown()
  .required();
const flavours = Joi.object({ html: text.required(), text: text.required() });
const partials = Joi.object().pattern(Joi.string(), text);
const contentSchema = Joi.object({
  key: Joi.string().allow('').max(64).required(),
  category: text.max(64).required(),
  description: text.required(),
  contract: data.required(),
  sample: data.required(),
  confidential: Joi.valid(true),
  locales: Joi.object({ default: partsSchema.required() })
    .pattern(Joi.string().pattern(localePattern).max(35), partsSchema)
    .required(),
  layout: flavours.required(),
  partials: Joi.object({ html: partials.required(), text: partials.required() }).required(),
  brand: Joi.object().pattern(Joi.string(), text).required(),
}).required();

const content = argument('content', contentSchema);
const ref = argument('ref', refSchema);
const wanted = argument('options', Joi.object({ signal: signalSchema }));
const source = argument('source', sourceSchema.prefs({ convert: false }));
const key = (name: string) => argument(name, wordSchema.required());
const publishSchema = Joi.object({
  revision,
  by,
  message: text.required(),
  acceptWarnings: Joi.boolean(),
}).required();
const choice = {
  data,
  sampleDataId: idSchema.optional(),
  messageId: idSchema.optional(),
  recipient: addressSchema,
};
const forceField = { force: Joi.array().items(Joi.string().max(200)) };
const pick = Joi.alternatives(version, Joi.valid('draft')).required();

const rules: Rules<MailTemplates> = {
  list: [argument('kind', Joi.valid(...sourceKinds).required())],
  get: [ref],
  create: [source, argument('options', bySchema)],
  saveDraft: [source, argument('options', Joi.object({ revision, by, baseVersion: version }).required())],
  discardDraft: [ref, argument('options', Joi.object({ revision, by }).required())],
  publish: [ref, argument('options', publishSchema)],
  restore: [ref, argument('version', version.required()), argument('options', publishSchema)],
  review: [source, wanted],
  compose: [source, key('template'), wanted],
  usedBy: [ref],
  versions: [ref, argument('page', Joi.object({ before: version, limit: limitSchema }))],
  version: [ref, argument('version', version.required())],
  diff: [ref, argument('from', pick), argument('to', pick), wanted],
  conflicts: [],
  check: [content, wanted],
  preview: [
    content,
    argument(
      'options',
      Joi.object({ ...choice, locale, overrides: data, issues: Joi.boolean(), signal: signalSchema }),
    ),
  ],
  replay: [
    content,
    argument(
      'options',
      Joi.object({
        limit: limitSchema.max(1000),
        timeMs: Joi.number().min(0).max(600_000),
        signal: signalSchema,
      }),
    ),
  ],
  replayed: [argument('messageId', idSchema)],
  compileMjml: [argument('source', text.required()), wanted],
  sendTest: [
    content,
    argument('test', Joi.object({ ...choice, to: addressSchema.required(), by, locale }).required()),
  ],
  keys: [],
  sample: [key('key'), argument('locale', locale)],
};

const fileRules: Rules<Authoring['files']> = {
  import: [],
  diff: [],
  push: [argument('options', Joi.object({ by, ...forceField }).required())],
  pull: [argument('options', Joi.object(forceField))],
};

const sampleRules: Rules<SampleDataSets> = {
  list: [content],
  save: [
    key('template'),
    argument(
      'input',
      Joi.object({ name: text.max(10_000).required(), locale, data: data.required() }).required(),
    ),
    argument('by', by),
  ],
  remove: [key('template'), argument('id', idSchema), argument('by', by)],
};

/** The same functions, which refuse what is of the wrong kind before anything is done with it. */
export function checkedTemplates(templates: MailTemplates): MailTemplates {
  return {
    ...withCheckedInput(templates, rules),
    files: withCheckedInput(templates.files, fileRules),
    sampleData: withCheckedInput(templates.sampleData, sampleRules),
  };
}
