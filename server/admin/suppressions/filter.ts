import Joi from 'joi';
import { unreadable } from '../page-error.ts';

/** What the list shows: addresses that begin like this, on this stream, after this one. */
export interface SuppressionListFilter {
  address?: string;
  stream?: string;
  cursor?: string;
}

const schema: Joi.ObjectSchema<SuppressionListFilter> = Joi.object({
  address: Joi.string().trim().max(254).empty(''),
  stream: Joi.string()
    .max(64)
    .pattern(/^[\x21-\x7e]+$/)
    .empty(''),
  cursor: Joi.string().max(400).empty(''),
});

const faults: Record<string, string> = {
  address: 'The address may have at most 254 characters.',
  stream: 'The stream must be an id such as outbound.',
  cursor: 'There is no such page of this list.',
};

/** Reads the list's address. Throws a page of status 422 that says what is wrong. */
export function readFilter(query: Record<string, unknown>): SuppressionListFilter {
  const { error, value } = schema.validate(query, { stripUnknown: true });
  if (error) throw unreadable(faults[String(error.details[0]?.path[0])] ?? 'The filters cannot be read.');
  return value;
}
