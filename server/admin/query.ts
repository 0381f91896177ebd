import Joi from 'joi';
import { unreadable } from './page-error.ts';
import { uuidPattern } from './uuid.ts';

/** What a moment in an address looks like: as a form's date field gives it, in UTC. */
const momentPattern = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?Z?)?)?$/;

const noSuchPage = 'There is no such page of this list.';

/** Fields of a list's address. Each may be left empty, as a form does; each says in one sentence what it must be. */
export const queryField = {
  text: (longest: number, problem: string) => saying(problem, Joi.string().trim().max(longest)),
  /** An id such as a stream's or a template's. */
  word: (problem: string) =>
    saying(
      problem,
      Joi.string()
        .max(64)
        .pattern(/^[\x21-\x7e]+$/),
    ),
  oneOf: (values: readonly string[], problem: string) => saying(problem, Joi.valid(...values)),
  uuid: (problem: string) => saying(problem, Joi.string().pattern(uuidPattern)),
  moment: (problem: string) => saying(problem, Joi.string().pattern(momentPattern).custom(momentOf)),
  /** Where a page of the list begins: an id that matches, such as the last one of the page before. */
  cursor: (pattern = uuidPattern) => saying(noSuchPage, Joi.string().max(400).pattern(pattern)),
  page: (last: number) => saying(noSuchPage, Joi.number().integer().min(1).max(last).default(1)),
};

/** Reads a list's filters from its address. Throws a page of status 422 that says what is wrong. */
export function readQuery<T>(schema: Joi.ObjectSchema<T>, query: unknown): T {
  const { error, value } = schema.validate(query, { stripUnknown: true });
  if (error) throw unreadable(error.details[0]?.message ?? error.message);
  return value;
}

function saying<Schema extends Joi.AnySchema>(problem: string, schema: Schema): Schema {
  return schema.empty(Joi.string().trim().valid('')).messages({ '*': problem }) as Schema;
}

function momentOf(text: string, helpers: Joi.CustomHelpers): Date | Joi.ErrorReport {
  const at = new Date(text.length === 10 || text.endsWith('Z') ? text : `${text}Z`);
  // The 31st of February would be a day in March.
  const isDay = !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text.slice(0, 10));
  return isDay ? at : helpers.error('any.invalid');
}
