import Joi from 'joi';
import { type MessageFilter, messageStates } from '../../mail/index.ts';
import { unreadable } from '../page-error.ts';
import { queryField, readQuery } from '../query.ts';

const filterSchema: Joi.ObjectSchema<MessageFilter> = Joi.object({
  recipient: queryField.text(254, 'The recipient must be one address of at most 254 characters.'),
  template: queryField.word('The template must be a key such as order-confirmation.'),
  category: queryField.word('The category must be a name such as order.'),
  subject: Joi.string()
    .max(2000)
    .empty('')
    .messages({ '*': 'The subject may have at most 2,000 characters.' }),
  state: queryField.oneOf(messageStates, `The state must be one of ${messageStates.join(', ')}.`),
  stream: queryField.word('The stream must be an id such as outbound.'),
  tag: Joi.string().max(1000).empty('').messages({ '*': 'The tag may have at most 1,000 characters.' }),
  since: queryField.moment('The start must be a time such as 2026-05-04T09:00, in UTC.'),
  until: queryField.moment('The end must be a time such as 2026-05-04T09:00, in UTC.'),
  campaignId: queryField.uuid('There is no such campaign.'),
  cursor: queryField.cursor(),
  after: queryField.cursor(),
});

/** Reads a list's filters from its address. Throws a page of status 422 that says what is wrong. */
export function readFilter(query: unknown): MessageFilter {
  const filter = readQuery(filterSchema, query);
  if (filter.since && filter.until && filter.until <= filter.since)
    throw unreadable('The end must be after the start.');
  return filter;
}

/** The filters as the form and the links of the list show them; empty where there is none. */
export function shownFilter(filter: MessageFilter) {
  const { recipient = '', template = '', state = '', stream = '', tag = '', campaignId = '' } = filter;
  const { category = '', subject = '' } = filter;
  const minute = (at: Date | string | undefined) => (at ? new Date(at).toISOString().slice(0, 16) : '');
  const times = { since: minute(filter.since), until: minute(filter.until) };
  return { recipient, template, category, subject, state, stream, tag, campaignId, ...times };
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
