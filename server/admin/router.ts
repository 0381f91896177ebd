import { Router } from 'express';
import type { Mail } from '../mail/index.ts';
import { assetRouter, styleVersion } from './assets.ts';
import { campaignRouter } from './campaigns/router.ts';
import { errorPages } from './error-pages.ts';
import { pageHeaders } from './headers.ts';
import { messageRouter } from './messages/router.ts';
import { overviewRouter } from './overview/router.ts';
import { notFound } from './page-error.ts';
import { keepPlace } from './place.ts';
import { reconciliationRouter } from './reconciliations/router.ts';
import { suppressionRouter } from './suppressions/router.ts';
import { templateRouter } from './templates/router.ts';
import { createShow } from './views.ts';

/**
 * The pages for operators, to be mounted under any path: links are relative, so that no proxy can break them. Who may
 * see them is decided before this router. Only what nobody expected is passed on to the host's error handler.
 */
export function pageRouter(mail: Mail): Router {
  const show = createShow(styleVersion());
  const router = Router();
  router.use(pageHeaders, keepPlace);
  router.use('/assets', assetRouter());
  router.use('/messages', messageRouter(mail, show));
  router.use('/campaigns', campaignRouter(mail, show));
  router.use('/templates', templateRouter(mail, show));
  router.use('/suppressions', suppressionRouter(mail, show));
  router.use('/reconciliations', reconciliationRouter(mail, show));
  router.use(overviewRouter(mail, show));
  router.use(() => {
    throw notFound('There is no such page.');
  });
  router.use(errorPages(show));
  return router;
}
