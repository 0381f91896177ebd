import Joi from 'joi';
import { unreadable } from '../page-error.ts';

/** The states in which a job can be looked for; `paused` is a job that is disabled. */
export const jobStates = [
  'running',
  'queued',
  'scheduled',
  'repeating',
  'failed',
  'completed',
  'paused',
] as const;

/** What a list shows. */
export interface JobFilter {
  name?: string;
  /** Part of the name. */
  search?: string;
  state?: (typeof jobStates)[number];
  page: number;
}

/** Jobs on one page. */
export const pageSize = 50;

const schema: Joi.ObjectSchema<JobFilter> = Joi.object({
  name: Joi.string().max(255).empty(''),
  search: Joi.string().trim().max(255).empty(''),
  state: Joi.valid(...jobStates).empty(''),
  page: Joi.number().integer().min(1).max(100_000).default(1).empty(''),
});

const faults: Record<string, string> = {
  name: 'The name may have at most 255 characters.',
  search: 'The name may have at most 255 characters.',
  state: `The state must be one of ${jobStates.join(', ')}.`,
  page: 'There is no such page of this list.',
};

/** Reads a list's filters from its address. Throws a page of status 422 that says what is wrong. */
export function readFilter(query: Record<string, unknown>): JobFilter {
  const { error, value } = schema.validate(query, { stripUnknown: true });
  if (error) throw unreadable(faults[String(error.details[0]?.path[0])] ?? 'The filters cannot be read.');
  return value;
}

/** The address of another page of the list. */
export function pageQuery({ page: _, ...filter }: JobFilter, page: number): string {
  return `?${new URLSearchParams({ ...filter, ...(page > 1 && { page: String(page) }) })}`;
}
