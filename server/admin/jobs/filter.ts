import Joi from 'joi';
import { queryField } from '../query.ts';

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

/** The list's filters in its address. */
export const filterSchema: Joi.ObjectSchema<JobFilter> = Joi.object({
  name: Joi.string().max(255).empty('').messages({ '*': 'The name may have at most 255 characters.' }),
  search: queryField.text(255, 'The name may have at most 255 characters.'),
  state: queryField.oneOf(jobStates, `The state must be one of ${jobStates.join(', ')}.`),
  page: queryField.page(100_000),
});

/** The address of another page of the list. */
export function pageQuery({ page: _, ...filter }: JobFilter, page: number): string {
  return `?${new URLSearchParams({ ...filter, ...(page > 1 && { page: String(page) }) })}`;
}
