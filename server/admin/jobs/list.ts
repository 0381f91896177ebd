import type { Page } from '../page.ts';
import { byName } from './by-name.ts';
import { filterSchema, jobStates, pageQuery, pageSize } from './filter.ts';
import { asShown } from './job.ts';
import type { JobStorage } from './job-storage.ts';

const namesShown = 100;

/** The names with their counts, and one page of the jobs that match. */
export async function listJobs(storage: JobStorage, page: Page): Promise<void> {
  const filter = page.query(filterSchema);
  const { page: number, ...asked } = filter;
  const { repository } = await storage.backend();
  const filtered = Object.keys(asked).length > 0;
  const [{ jobs, total }, names] = await Promise.all([
    repository.queryJobs({ ...asked, skip: (number - 1) * pageSize, limit: pageSize }),
    filtered || number > 1 ? [] : repository.getJobsOverview(),
  ]);
  const { busy, idle } = byName(names.slice(0, namesShown));
  page.render('jobs/index', {
    filter: { name: '', search: '', state: '', ...asked },
    filtered,
    paged: number > 1,
    states: jobStates,
    names: busy,
    idleNames: idle,
    moreNames: names.length > namesShown,
    jobs: jobs.map(asShown),
    total,
    newer: number > 1 ? pageQuery(filter, number - 1) : null,
    older: number * pageSize < total ? pageQuery(filter, number + 1) : null,
  });
}
