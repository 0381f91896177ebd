import Joi from 'joi';
import { argument, type Rules } from '../shared/input.ts';
import { timestampSchema } from '../shared/joi.ts';
import {
  actorFields,
  addressSchema,
  changeSchema,
  noteSchema,
  topicSchema,
  transactionFields,
} from '../shared/schemas.ts';
import { localeSchema } from '../topics/topic-input.ts';
import type { Consents } from './consent-api.ts';
import { consentSources } from './consent-records.ts';

const details = {
  evidence: noteSchema,
  wording: Joi.string().allow('').max(10_000),
  locale: localeSchema,
  confirmed: Joi.boolean().strict(),
};

const statementSchema = Joi.object({
  topic: topicSchema.required(),
  address: addressSchema.required(),
  granted: Joi.boolean().strict().required(),
  source: Joi.valid(...consentSources),
  at: timestampSchema,
  ...details,
}).required();

const changeOfPreferences = Joi.object({
  topics: Joi.object().pattern(topicSchema, Joi.boolean().strict().required()).max(500),
  allBulk: Joi.boolean().strict(),
  nonEssential: Joi.boolean().strict(),
}).required();

const address = argument('address', addressSchema.required());
const token = argument('token', Joi.string().allow('').max(1000).required());

/** What its functions take. */
export const consentRules: Rules<Consents> = {
  record: [argument('statement', statementSchema), argument('options', changeSchema)],
  list: [address],
  history: [address],
  preferences: [
    address,
    argument(
      'options',
      Joi.object({ locale: localeSchema.allow(null), also: Joi.array().items(topicSchema).max(500) }),
    ),
  ],
  setPreferences: [
    address,
    argument('change', changeOfPreferences),
    argument(
      'options',
      Joi.object({
        source: Joi.valid('person', 'operator', 'host'),
        ...details,
        ...actorFields,
        ...transactionFields,
      }),
    ),
  ],
  inspectConfirmation: [token],
  confirm: [token],
  recipientOf: [token, argument('options', Joi.object({ locale: localeSchema.allow(null) }))],
};
