import type { RequestHandler } from 'express';
import Joi from 'joi';
import { queryField, readQuery } from '../query.ts';
import { jobStates } from './filter.ts';

const largestPage = 200;

const schema: Joi.ObjectSchema<Record<string, unknown>> = Joi.object({
  job: queryField.text(255, 'The name may have at most 255 characters.'),
  q: queryField.text(255, 'The name may have at most 255 characters.'),
  state: queryField.oneOf(jobStates, `The state must be one of ${jobStates.join(', ')}.`),
  fullDetails: queryField.oneOf(['true', 'false'], 'The details must be true or false.'),
  jobId: queryField.word('There is no such job.'),
  jobName: queryField.text(255, 'The name may have at most 255 characters.'),
  level: queryField.word('The level must be a word such as error.'),
  event: queryField.word('The event must be a word such as fail.'),
  from: queryField.moment('The start must be a time such as 2026-05-04T09:00Z.'),
  to: queryField.moment('The end must be a time such as 2026-05-04T09:00Z.'),
  sort: queryField.oneOf(['asc', 'desc'], 'The order must be asc or desc.'),
  limit: within(1, largestPage),
  skip: within(0, 10_000_000),
  offset: within(0, 10_000_000),
});

/** Leaves of a query what agendash's router may see: it would hand lists to the database, and show pages of any size. */
export const boundedQuery: RequestHandler = (request, _response, next) => {
  const asked = Object.entries(readQuery(schema, request.query)).map(([name, value]): [string, string] => [
    name,
    value instanceof Date ? value.toISOString() : String(value),
  ]);
  const [path = ''] = request.url.split('?', 1);
  request.url = asked.length > 0 ? `${path}?${new URLSearchParams(asked)}` : path;
  next();
};

// It takes any number for the size of a page, and 0 for all there is.
function within(least: number, most: number): Joi.AnySchema {
  return Joi.any().custom((given: unknown) =>
    Math.min(Math.max(Number.parseInt(String(given), 10) || 0, least), most),
  );
}
