import Joi from 'joi';
import { type MessageFilter, messageStates } from '../../mail/index.ts';
import { unreadable } from '../page-error.ts';
import { queryField, readQuery } from '../query.ts';

const filterSchema: Joi.ObjectSchema<MessageFilter> = Joi.object({
  recipient: queryField.text(254, 'The recipient must be one address of at most 254 characters.'),
  template: queryField.word('The template must be a key such as order-confirmation.'),
  state: queryField.oneOf(messageStates, `The state must be one of ${messageStates.join(', ')}.`),
  stream: queryField.word('The stream must be an id such as outbound.'),
  tag: Joi.string().max(1000).empty('').messages({ '*': 'The tag may have at most 1,000 characters.' }),
  from: queryField.moment('The start must be a time such as 2026-05-04T09:00, in UTC.'),
  to: queryField.moment('The end must be a time such as 2026-05-04T09:00, in UTC.'),
  campaignId: queryField.uuid('There is no such campaign.'),
  cursor: queryField.cursor(),
  after: queryField.cursor(),
});

/** Reads a list's filters from its address. Throws a page of status 422 that says what is wrong. */
export function readFilter(query: unknown): MessageFilter {
  const filter = readQuery(filterSchema, query);
  if (filter.from && filter.to && filter.to <= filter.from)
    throw unreadable('The end must be after the start.');
  return filter;
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
  const given = Object.entries({ ...shownFilter(filter), ...page }).filter(
    (field): field is [string, string] => Boolean(field[1]),
  );
  return given.length > 0 ? `?${new URLSearchParams(given)}` : '';
}
