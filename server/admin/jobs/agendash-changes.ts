import Joi from 'joi';
import type { DashboardAgenda } from '../../../worker/agenda-mysql/index.ts';
import { field } from '../form.ts';

/** Jobs that agendash's page names. */
interface Named {
  jobIds: string[];
}

/** A job that is to be made. */
interface Made {
  jobName: string;
  /** When, in words; at once when absent. */
  jobSchedule?: string;
  /** How often, in words. */
  jobRepeatEvery?: string;
  jobData?: Record<string, unknown>;
}

/** What a change is asked for with. */
export type Asked = Partial<Named & Made>;

/** A change that agendash's page asks for: what it must say, and what is done. */
export interface AgendashChange {
  action: 'job.create' | 'job.requeue' | 'job.retry' | 'job.delete' | 'job.pause' | 'job.resume';
  schema: Joi.ObjectSchema;
  /** What the page is answered. */
  perform(agenda: DashboardAgenda, asked: Asked): Promise<object>;
}

const named: Joi.ObjectSchema<Named> = Joi.object({
  jobIds: Joi.array()
    .items(
      Joi.string()
        .max(64)
        .pattern(/^[\x21-\x7e]*$/),
    )
    .max(1000)
    .required(),
});

const time = (name: string) => field.line(255, `${name} must be one line of at most 255 characters.`);
const made: Joi.ObjectSchema<Made> = Joi.object({
  jobName: field.requiredLine(255, 'A job needs a name of at most 255 characters.'),
  jobSchedule: time('The time to run at'),
  jobRepeatEvery: time('The interval'),
  jobData: Joi.object().unknown().empty(null),
});

/** Every change that its page knows, by the last part of its path. */
export const agendashChanges: Readonly<Record<string, AgendashChange>> = {
  create: change('job.create', made, create),
  requeue: change('job.requeue', named, async (agenda, { jobIds }) => {
    const jobs = await jobsOf(agenda, jobIds);
    for (const { name, data } of jobs) await agenda.now(name, data);
    return { requeuedCount: jobs.length };
  }),
  retry: change('job.retry', named, async (agenda, { jobIds }) => {
    const jobs = await jobsOf(agenda, jobIds);
    for (const job of jobs)
      await agenda.db.saveJob({ ...job, ...afresh, nextRunAt: new Date() }, { lastModifiedBy: 'agendash' });
    return { retriedCount: jobs.length };
  }),
  delete: change('job.delete', named, async (agenda, { jobIds }) => {
    const deletedCount = jobIds.length > 0 ? await agenda.cancel({ ids: jobIds }) : 0;
    return { deleted: deletedCount > 0, deletedCount };
  }),
  pause: change('job.pause', named, async (agenda, { jobIds }) => ({
    pausedCount: jobIds.length > 0 ? await agenda.disable({ ids: jobIds }) : 0,
  })),
  resume: change('job.resume', named, async (agenda, { jobIds }) => ({
    resumedCount: jobIds.length > 0 ? await agenda.enable({ ids: jobIds }) : 0,
  })),
};

// A field that is present without a value is cleared.
const afresh: Record<string, undefined> = {
  lockedAt: undefined,
  failedAt: undefined,
  failReason: undefined,
  failCount: undefined,
};

async function create(
  agenda: DashboardAgenda,
  { jobName, jobSchedule, jobRepeatEvery, jobData = {} }: Made,
): Promise<object> {
  if (jobRepeatEvery) await agenda.every(jobRepeatEvery, jobName, jobData);
  else if (jobSchedule) await agenda.schedule(jobSchedule, jobName, jobData);
  else await agenda.now(jobName, jobData);
  return { created: true };
}

// Without ids a query would find every job.
async function jobsOf(agenda: DashboardAgenda, ids: string[]) {
  return ids.length > 0 ? (await agenda.queryJobs({ ids })).jobs : [];
}

function change<T>(
  action: AgendashChange['action'],
  schema: Joi.ObjectSchema<T>,
  perform: (agenda: DashboardAgenda, asked: T) => Promise<object>,
): AgendashChange {
  return { action, schema, perform: (agenda, asked) => perform(agenda, asked as T) };
}
