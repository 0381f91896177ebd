import { type Request, Router } from 'express';
import { redirectWith } from '../notice.ts';
import { notFound } from '../page-error.ts';
import { allow, personOf } from '../person.ts';
import type { Show } from '../views.ts';
import { type Action, availableActions, done, perform } from './actions.ts';
import type { Clock } from './clock.ts';
import { asShown, type StoredJob } from './job.ts';
import { listJobs } from './list.ts';

/** The workers' jobs: the list with its filters, one job, and what an admin can do with it. Everybody may look. */
export function jobRouter(clock: Clock, show: Show): Router {
  const router = Router();

  router.get('/', (request, response) => listJobs(clock, show, request, response));

  router.get('/:id', async (request, response) => {
    const job = await findJob(clock, request);
    show(response, 'jobs/show', { job: asShown(job), possible: availableActions(job) });
  });

  for (const path of Object.keys(done) as Action['path'][]) {
    router.post(`/:id/${path}`, allow('admin'), async (request, response) => {
      const job = await findJob(clock, request);
      if (!availableActions(job).some(action => action.path === path)) {
        const text = 'Nothing was changed: the job has changed since the page was loaded.';
        redirectWith(response, `jobs/${job._id}`, { tone: 'failed', text });
        return;
      }
      await perform(clock, path, job, personOf(response).id);
      redirectWith(response, path === 'delete' ? 'jobs' : `jobs/${job._id}`, done[path]);
    });
  }

  return router;
}

async function findJob(clock: Clock, { params }: Request): Promise<StoredJob> {
  const { repository } = await clock.backend();
  const { jobs } = await repository.queryJobs({ ids: [String(params.id)] });
  const [job] = jobs;
  if (!job) throw notFound('There is no such job. Jobs that are done are removed.');
  return job;
}
