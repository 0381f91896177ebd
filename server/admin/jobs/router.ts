import type { Router } from 'express';
import { noFields } from '../form.ts';
import { guardedPages } from '../guarded-pages.ts';
import type { Page } from '../page.ts';
import { notFound } from '../page-error.ts';
import type { Show } from '../views.ts';
import { type Action, availableActions, confirmations, perform } from './actions.ts';
import { asShown, type StoredJob } from './job.ts';
import type { JobStorage } from './job-storage.ts';
import { listJobs } from './list.ts';

/** The workers' jobs: the list with its filters, one job, and what an admin can do with it. Everybody may look. */
export function jobRouter(storage: JobStorage, show: Show): Router {
  const routes = guardedPages(storage.mail, show);
  routes.get('/', 'pages.view', page => listJobs(storage, page));
  routes.get('/:id', 'pages.view', async page => {
    const job = await findJob(storage, page);
    page.render('jobs/show', { job: asShown(job), possible: availableActions(job) });
  });
  for (const path of Object.keys(confirmations) as Action['path'][])
    routes.post(`/:id/${path}`, 'jobs.change', noFields, page => performOne(storage, page, path));
  return routes.router;
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
  const id = page.param('id');
  const { jobs } = await repository.queryJobs({ ids: [id] });
  const job = jobs.find(({ _id }) => String(_id) === id);
  if (!job) throw notFound('There is no such job. Jobs that are done are removed.');
  return job;
}
