import { Router } from 'express';
import { type Page, pagesOf } from '../page.ts';
import { notFound } from '../page-error.ts';
import { allow } from '../person.ts';
import type { Show } from '../views.ts';
import { type Action, availableActions, confirmations, perform } from './actions.ts';
import { asShown, type StoredJob } from './job.ts';
import type { JobStorage } from './job-storage.ts';
import { listJobs } from './list.ts';

/** The workers' jobs: the list with its filters, one job, and what an admin can do with it. Everybody may look. */
export function jobRouter(storage: JobStorage, show: Show): Router {
  const router = Router();
  const page = pagesOf(storage.mail, show);

  router.get(
    '/',
    page(asked => listJobs(storage, asked)),
  );

  router.get(
    '/:id',
    page(async asked => {
      const job = await findJob(storage, asked);
      asked.render('jobs/show', { job: asShown(job), possible: availableActions(job) });
    }),
  );

  for (const path of Object.keys(confirmations) as Action['path'][]) {
    router.post(
      `/:id/${path}`,
      allow('admin'),
      page(asked => performOne(storage, asked, path)),
    );
  }

  return router;
}

async function performOne(storage: JobStorage, page: Page, path: Action['path']): Promise<void> {
  const job = await findJob(storage, page);
  if (!availableActions(job).some(action => action.path === path)) {
    const text = 'Nothing was changed: the job has changed since the page was loaded.';
    page.redirect(`jobs/${job._id}`, { tone: 'failed', text });
    return;
  }
  await perform(storage, path, job, page.by);
  page.redirect(path === 'delete' ? 'jobs' : `jobs/${job._id}`, confirmations[path]);
}

async function findJob(storage: JobStorage, page: Page): Promise<StoredJob> {
  const { repository } = await storage.backend();
  const { jobs } = await repository.queryJobs({ ids: [page.param('id')] });
  const [job] = jobs;
  if (!job) throw notFound('There is no such job. Jobs that are done are removed.');
  return job;
}
