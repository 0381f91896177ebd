import { Router } from 'express';
import type { Mail } from '../../mail/index.ts';
import { notFound } from '../page-error.ts';
import { isUuid } from '../uuid.ts';
import type { Show } from '../views.ts';
import { isMoving, isRunning, withProgress } from './progress.ts';

/** Campaigns: what runs and what ran, and one of them as it goes out. */
export function campaignRouter(mail: Mail, show: Show): Router {
  const router = Router();

  router.get('/', async (_request, response) => {
    const campaigns = await mail.campaigns.list();
    show(response, 'campaigns/index', {
      running: await withProgress(mail, campaigns.filter(isRunning)),
      others: campaigns.filter(campaign => !isRunning(campaign)),
    });
  });

  router.get('/:id', async ({ params, query }, response) => {
    if (!isUuid(params.id)) throw notFound('There is no such campaign.');
    const campaign = await mail.campaigns.get(params.id);
    const [progress] = await withProgress(mail, [campaign]);
    const moving = isMoving(campaign);
    show(response, 'campaigns/show', {
      campaign,
      ...progress,
      plan: campaign.state === 'draft' ? await mail.campaigns.plan(campaign.id) : null,
      moving,
      live: moving && query.live !== 'off',
    });
  });

  return router;
}
