import Joi from 'joi';
import { argument, type Rules } from '../shared/input.ts';
import { timestampSchema } from '../shared/joi.ts';
import { actorSchema, addressSchema, idSchema, limitSchema, wordSchema } from '../shared/schemas.ts';
import type { Messages } from './api.ts';
import { messageStates } from './states.ts';
import { guidOf } from './tracked.ts';

const filterSchema = Joi.object({
  recipient: addressSchema,
  template: wordSchema,
  category: wordSchema,
  subject: Joi.string().max(10_000),
  state: Joi.valid(...messageStates),
  stream: wordSchema,
  tag: Joi.string().max(10_000),
  campaignId: idSchema.optional(),
  idempotencyKey: Joi.string().max(1000),
  metadata: Joi.object().pattern(
    Joi.string()
      .pattern(/^[A-Za-z0-9_-]+$/)
      .max(64),
    Joi.string().allow('').max(10_000),
  ),
  since: timestampSchema,
  until: timestampSchema,
  cursor: idSchema.optional(),
  after: idSchema.optional(),
  limit: limitSchema,
});

const guidSchema = Joi.string().custom(checkGuid).required();

function checkGuid(text: string, helper: Joi.CustomHelpers): unknown {
  return guidOf(text) === null ? helper.error('any.invalid') : text;
}

const id = argument('id', idSchema);
const actor = argument('actor', actorSchema);

/** What each function of `mail.messages` takes. */
export const messageRules: Rules<Messages> = {
  get: [id],
  find: [argument('filter', filterSchema)],
  named: [id],
  tracked: [argument('ids', Joi.object({ trackingId: guidSchema, accountId: guidSchema }).required())],
  recipients: [argument('start', addressSchema.allow('').required())],
  streams: [],
  cancel: [id, actor],
  reschedule: [id, argument('at', timestampSchema.required()), actor],
  retry: [id, actor],
  resend: [id, actor],
  explain: [id],
  timeline: [id],
  attempts: [id],
  events: [id],
  rawEvent: [argument('eventId', idSchema)],
  preview: [id],
  content: [id],
  purgeContent: [id],
  countByState: [],
};
