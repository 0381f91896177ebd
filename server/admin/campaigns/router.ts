import type { Router } from 'express';
import Joi from 'joi';
import type { Mail } from '../../mail/index.ts';
import { noFields } from '../form.ts';
import { guardedPages } from '../guarded-pages.ts';
import type { Page } from '../page.ts';
import { queryField } from '../query.ts';
import type { Show } from '../views.ts';
import { actionsFor } from './actions.ts';
import { campaignForm, createCampaign, showForm } from './create.ts';
import { resultsCsv } from './csv/results.ts';
import { findCampaign } from './find.ts';
import { confirm, perform } from './perform.ts';
import { groupsOf, isRunning } from './progress.ts';
import { addRecipients, recipientsForm } from './recipients.ts';
import { showCampaign } from './show.ts';
import { uploadPlaces } from './upload-places.ts';

/** How many the list shows at once. */
const shown = 100;

const listSchema: Joi.ObjectSchema<{ cursor?: string }> = Joi.object({ cursor: queryField.cursor() });

/** Campaigns: what runs and what ran, creating one, and one of them from its audience to its results. */
export function campaignRouter(mail: Mail, show: Show): Router {
  const routes = guardedPages(mail, show);
  routes.get('/', 'pages.view', listCampaigns);
  routes.get('/new', 'campaigns.edit', showForm);
  routes.post('/', 'campaigns.edit', campaignForm, createCampaign);
  routes.get('/:id', 'pages.view', showCampaign);
  const places = uploadPlaces();
  routes.post('/:id/recipients', 'campaigns.edit', recipientsForm, (page, form) =>
    addRecipients(page, form, places),
  );
  routes.get('/:id/recipients', 'pages.view', backToCampaign);
  routes.get('/:id/results.csv', 'campaigns.export', sendResults);
  for (const action of actionsFor(mail)) {
    const { path, permission } = action;
    routes.get(`/:id/${path}`, permission, page => confirm(page, action));
    routes.post(`/:id/${path}`, permission, noFields, page => perform(page, action));
  }
  return routes.router;
}

async function listCampaigns(page: Page): Promise<void> {
  const { cursor } = page.query(listSchema);
  const campaigns = await page.mail.campaigns.list(cursor ? { cursor } : {});
  const last = campaigns.length === shown ? campaigns.at(-1) : null;
  page.render('campaigns/index', {
    groups: await groupsOf(page.mail, campaigns),
    others: campaigns.filter(campaign => !isRunning(campaign)),
    paged: cursor !== undefined,
    newer: cursor ? '' : null,
    older: last ? `?cursor=${last.id}` : null,
  });
}

async function backToCampaign(page: Page): Promise<void> {
  const { id } = await findCampaign(page);
  page.redirect(`campaigns/${id}`);
}

async function sendResults(page: Page): Promise<void> {
  const { response, mail } = page;
  const { id } = await findCampaign(page);
  response.set('Content-Disposition', 'attachment; filename="results.csv"').type('text/csv');
  resultsCsv(mail.campaigns.results(id))
    .on('error', error => response.destroy(error))
    .pipe(response);
}
