import { Router } from 'express';
import Joi from 'joi';
import type { Mail } from '../../mail/index.ts';
import { type Page, pagesOf } from '../page.ts';
import { allow } from '../person.ts';
import { queryField } from '../query.ts';
import type { Show } from '../views.ts';
import { actions } from './actions.ts';
import { createCampaign, showForm } from './create.ts';
import { resultsCsv } from './csv/results.ts';
import { findCampaign } from './find.ts';
import { confirm, perform } from './perform.ts';
import { groupsOf, isRunning } from './progress.ts';
import { addRecipients } from './recipients.ts';
import { showCampaign } from './show.ts';

/** How many the list shows at once. */
const shown = 100;

const listSchema: Joi.ObjectSchema<{ cursor?: string }> = Joi.object({ cursor: queryField.cursor() });

/** Campaigns: what runs and what ran, creating one, and one of them from its audience to its results. */
export function campaignRouter(mail: Mail, show: Show): Router {
  const router = Router();
  const page = pagesOf(mail, show);
  router.get('/', page(listCampaigns));
  router.get('/new', allow('editor'), page(showForm));
  router.post('/', allow('editor'), page(createCampaign));
  router.get('/:id', page(showCampaign));
  router.post('/:id/recipients', allow('editor'), page(addRecipients));
  router.get('/:id/recipients', page(backToCampaign));
  router.get('/:id/results.csv', page(sendResults));
  for (const action of actions) {
    const path = `/:id/${action.path}`;
    router.get(
      path,
      allow(action.role),
      page(asked => confirm(asked, action)),
    );
    router.post(
      path,
      allow(action.role),
      page(asked => perform(asked, action)),
    );
  }
  return router;
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
