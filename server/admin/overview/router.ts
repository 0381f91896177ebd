import { Router } from 'express';
import type { Mail } from '../../mail/index.ts';
import { isRunning, withProgress } from '../campaigns/progress.ts';
import { stateBar, totalOf } from '../state-bar.ts';
import type { Show } from '../views.ts';

const latestMessages = 20;
const latestNights = 6;

/** The first page: how things stand, and what wants attention. */
export function overviewRouter(mail: Mail, show: Show): Router {
  const router = Router();
  router.get('/', async (_request, response) => {
    const [byState, { messages, cursor }, campaigns, nights] = await Promise.all([
      mail.messages.countByState(),
      mail.messages.find({ limit: latestMessages }),
      mail.campaigns.list(),
      mail.reconciliations.list(),
    ]);
    const total = totalOf(byState);
    show(response, 'overview/show', {
      total,
      segments: stateBar(byState, total),
      unknown: byState.unknown ?? 0,
      problems: nights.filter(({ day, problem }) => day === nights[0]?.day && problem !== null),
      messages,
      more: cursor !== null,
      running: await withProgress(mail, campaigns.filter(isRunning)),
      nights: nights.slice(0, latestNights),
    });
  });
  return router;
}
