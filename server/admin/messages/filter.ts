import Joi from 'joi';
import { type MessageFilter, messageStates } from '../../mail/index.ts';
import { unreadable } from '../page-error.ts';
import { uuidPattern } from '../uuid.ts';

/** The fields of a list's address; each may be left empty, as a form does. */
const filterSchema: Joi.ObjectSchema<MessageFilter> = Joi.object({
  recipient: Joi.string().trim().max(254),
  template: Joi.string()
    .max(64)
    .pattern(/^[\x21-\x7e]+$/),
  state: Joi.valid(...messageStates),
  campaignId: Joi.string().pattern(uuidPattern),
  cursor: Joi.string().pattern(uuidPattern),
});

/** What to say about a field that cannot be. */
const faults: Record<string, string> = {
  recipient: 'The recipient is one address of at most 254 characters.',
  template: 'The template is a key such as order-confirmation.',
  state: `The state is one of ${messageStates.join(', ')}.`,
  campaignId: 'The campaign is not one of ours.',
  cursor: 'The page you asked for is not part of this list.',
};

/** Reads a list's filters from its address. Throws a page of status 422 that says what is wrong. */
export function readFilter(query: Record<string, unknown>): MessageFilter {
  const given = Object.entries(query).filter(
    ([, value]) => !(typeof value === 'string' && value.trim() === ''),
  );
  const { error, value } = filterSchema.validate(Object.fromEntries(given), { stripUnknown: true });
  if (error) throw unreadable(faults[String(error.details[0]?.path[0])] ?? 'The filters cannot be read.');
  return value;
}

/** True when the list does not show everything. */
export function isFiltered({ recipient, template, state, campaignId }: MessageFilter): boolean {
  return [recipient, template, state, campaignId].some(value => value !== undefined);
}
