import { type Request, Router } from 'express';
import { redirectWith } from '../notice.ts';
import { notFound } from '../page-error.ts';
import { allow, personOf } from '../person.ts';
import type { Show } from '../views.ts';
import type { Clock } from './clock.ts';
import { carryOut, type Deed, done, whatCanBeDone } from './deeds.ts';
import { asShown, type StoredJob } from './job.ts';
import { listJobs } from './list.ts';

/** The workers' jobs: the list with its filters, one job, and what an admin can do with it. Everybody may look. */
export function jobRouter(clock: Clock, show: Show): Router {
  const router = Router();

  router.get('/', (request, response) => listJobs(clock, show, request, response));

  router.get('/:id', async (request, response) => {
    const job = await findJob(clock, request);
    show(response, 'jobs/show', { job: asShown(job), possible: whatCanBeDone(job) });
  });

  for (const path of Object.keys(done) as Deed['path'][]) {
    router.post(`/:id/${path}`, allow('admin'), async (request, response) => {
      const job = await findJob(clock, request);
      if (!whatCanBeDone(job).some(deed => deed.path === path)) {
        const text = 'Nothing was changed: the job is no longer as the page showed it.';
        redirectWith(response, `jobs/${job._id}`, { tone: 'failed', text });
        return;
      }
      await carryOut(clock, path, job, personOf(response).id);
      redirectWith(response, path === 'delete' ? 'jobs' : `jobs/${job._id}`, done[path]);
    });
  }

  return router;
}

async function findJob(clock: Clock, { params }: Request): Promise<StoredJob> {
  const { repository } = await clock.backend();
  const { jobs } = await repository.queryJobs({ ids: [String(params.id)] });
  const [job] = jobs;
  if (!job) throw notFound('There is no such job. One that was done is removed.');
  return job;
}
