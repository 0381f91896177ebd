import type { Request, Response } from 'express';
import type { Show } from '../views.ts';
import { byName } from './by-name.ts';
import type { Clock } from './clock.ts';
import { jobStates, pageQuery, pageSize, readFilter } from './filter.ts';
import { asShown } from './job.ts';

const namesShown = 100;

/** The names with their counts, and one page of the jobs that match. */
export async function listJobs(
  clock: Clock,
  show: Show,
  request: Request,
  response: Response,
): Promise<void> {
  const filter = readFilter(request.query);
  const { page, ...asked } = filter;
  const { repository } = await clock.backend();
  const filtered = Object.keys(asked).length > 0;
  const [{ jobs, total }, names] = await Promise.all([
    repository.queryJobs({ ...asked, skip: (page - 1) * pageSize, limit: pageSize }),
    filtered || page > 1 ? [] : repository.getJobsOverview(),
  ]);
  const { busy, idle } = byName(names.slice(0, namesShown));
  show(response, 'jobs/index', {
    filter: { name: '', search: '', state: '', ...asked },
    filtered,
    paged: page > 1,
    states: jobStates,
    names: busy,
    idleNames: idle,
    moreNames: names.length > namesShown,
    jobs: jobs.map(asShown),
    total,
    newer: page > 1 ? pageQuery(filter, page - 1) : null,
    older: page * pageSize < total ? pageQuery(filter, page + 1) : null,
  });
}
