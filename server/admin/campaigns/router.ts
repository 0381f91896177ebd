import { Router } from 'express';
import type { Mail } from '../../mail/index.ts';
import { allow } from '../person.ts';
import { placeOf } from '../place.ts';
import type { Show } from '../views.ts';
import { actions } from './actions.ts';
import { createCampaign, showForm } from './create.ts';
import { resultsCsv } from './csv/results.ts';
import { readCursor } from './cursor.ts';
import { findCampaign } from './find.ts';
import { confirm, perform } from './perform.ts';
import { groupsOf, isRunning } from './progress.ts';
import { takeRecipients } from './recipients.ts';
import { showCampaign } from './show.ts';

/** How many the list shows at once. */
const shown = 100;

/** Campaigns: what runs and what ran, making one, and one of them from its audience to its results. */
export function campaignRouter(mail: Mail, show: Show): Router {
  const router = Router();

  router.get('/', async ({ query }, response) => {
    const cursor = readCursor(query.cursor);
    const campaigns = await mail.campaigns.list(cursor ? { cursor } : {});
    const last = campaigns.length === shown ? campaigns.at(-1) : null;
    show(response, 'campaigns/index', {
      groups: await groupsOf(mail, campaigns),
      others: campaigns.filter(campaign => !isRunning(campaign)),
      paged: cursor !== null,
      newer: cursor ? '' : null,
      older: last ? `?cursor=${last.id}` : null,
    });
  });

  router.get('/new', allow('editor'), (request, response) => showForm(mail, show, request, response));
  router.post('/', allow('editor'), (request, response) => createCampaign(mail, show, request, response));
  router.get('/:id', (request, response) => showCampaign(mail, show, request, response));
  router.post('/:id/recipients', allow('editor'), (request, response) =>
    takeRecipients(mail, show, request, response),
  );

  router.get('/:id/recipients', async (request, response) => {
    const { id } = await findCampaign(mail, request);
    response.redirect(303, `${placeOf(response).mount}campaigns/${id}`);
  });

  router.get('/:id/results.csv', async (request, response) => {
    const { id } = await findCampaign(mail, request);
    response.set('Content-Disposition', 'attachment; filename="results.csv"').type('text/csv');
    resultsCsv(mail.campaigns.results(id))
      .on('error', error => response.destroy(error))
      .pipe(response);
  });

  for (const action of actions) {
    router.get(`/:id/${action.path}`, allow(action.role), (request, response) =>
      confirm(mail, show, action, request, response),
    );
    router.post(`/:id/${action.path}`, allow(action.role), (request, response) =>
      perform(mail, action, request, response),
    );
  }

  return router;
}
