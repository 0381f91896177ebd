import Joi from 'joi';
import { type MessageFilter, messageStates } from '../../mail/index.ts';
import { unreadable } from '../page-error.ts';
import { uuidPattern } from '../uuid.ts';

/** What a moment in an address looks like: as a form's date field gives it, in UTC. */
const momentPattern = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?Z?)?)?$/;

const moment = Joi.string()
  .pattern(momentPattern)
  .custom((text: string, helpers) => {
    const at = new Date(text.length === 10 || text.endsWith('Z') ? text : `${text}Z`);
    // The 31st of February would be a day in March.
    const isDay = !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text.slice(0, 10));
    return isDay ? at : helpers.error('any.invalid');
  });

/** The fields of a list's address; each may be left empty, as a form does. */
const filterSchema: Joi.ObjectSchema<MessageFilter> = Joi.object({
  recipient: Joi.string().trim().max(254),
  template: Joi.string()
    .max(64)
    .pattern(/^[\x21-\x7e]+$/),
  state: Joi.valid(...messageStates),
  stream: Joi.string()
    .max(64)
    .pattern(/^[\x21-\x7e]+$/),
  tag: Joi.string().max(1000),
  from: moment,
  to: moment,
  campaignId: Joi.string().pattern(uuidPattern),
  cursor: Joi.string().pattern(uuidPattern),
  after: Joi.string().pattern(uuidPattern),
});

/** What to say about a value that cannot be used. */
const faults: Record<string, string> = {
  recipient: 'The recipient must be one address of at most 254 characters.',
  template: 'The template must be a key such as order-confirmation.',
  state: `The state must be one of ${messageStates.join(', ')}.`,
  stream: 'The stream must be an id such as outbound.',
  tag: 'The tag may have at most 1,000 characters.',
  from: 'The start must be a time such as 2026-05-04T09:00, in UTC.',
  to: 'The end must be a time such as 2026-05-04T09:00, in UTC.',
  campaignId: 'There is no such campaign.',
  cursor: 'There is no such page of this list.',
  after: 'There is no such page of this list.',
};

/** Reads a list's filters from its address. Throws a page of status 422 that says what is wrong. */
export function readFilter(query: Record<string, unknown>): MessageFilter {
  const given = Object.entries(query).filter(
    ([, value]) => !(typeof value === 'string' && value.trim() === ''),
  );
  const { error, value } = filterSchema.validate(Object.fromEntries(given), { stripUnknown: true });
  if (error) throw unreadable(faults[String(error.details[0]?.path[0])] ?? 'The filters cannot be read.');
  if (value.from && value.to && value.to <= value.from) throw unreadable('The end must be after the start.');
  return value;
}

/** The filters as the form and the links of the list show them; empty where there is none. */
export function shownFilter({ cursor: _, after: __, limit: ___, from, to, ...filter }: MessageFilter) {
  const minute = (at: Date | undefined) => at?.toISOString().slice(0, 16) ?? '';
  const empty = { recipient: '', template: '', state: '', stream: '', tag: '', campaignId: '' };
  return { ...empty, ...filter, from: minute(from), to: minute(to) };
}

/** True when the list does not show everything. */
export function isFiltered(filter: MessageFilter): boolean {
  return Object.values(shownFilter(filter)).some(value => value !== '');
}

/** The address of a page of the list with these filters. */
export function listQuery(filter: MessageFilter, page: { cursor?: string; after?: string } = {}): string {
  const given = Object.entries({ ...shownFilter(filter), ...page }).filter(([, value]) => value !== '');
  return given.length > 0 ? `?${new URLSearchParams(given)}` : '';
}
