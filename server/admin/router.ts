import { type RequestHandler, Router } from 'express';
import type { Mail } from '../mail/index.ts';
import { readBody, refuseOtherTypes } from './access/bodies.ts';
import { forgeryGuard, type GuardOptions } from './access/forgery.ts';
import { changesTakeEditors, gate } from './access/gate.ts';
import { type Access, keepVisit } from './access/visit.ts';
import { showWho } from './access/who.ts';
import { assetRouter, assetVersion } from './assets.ts';
import { auditRouter } from './audit/router.ts';
import { campaignRouter } from './campaigns/router.ts';
import { errorPages } from './error-pages.ts';
import { pageHeaders } from './headers.ts';
import { agendashRouter } from './jobs/agendash.ts';
import { clockOf } from './jobs/clock.ts';
import { jobRouter } from './jobs/router.ts';
import { messageRouter } from './messages/router.ts';
import { keepNotices } from './notice.ts';
import { overviewRouter } from './overview/router.ts';
import { notFound } from './page-error.ts';
import { keepPlace } from './place.ts';
import { reconciliationRouter } from './reconciliations/router.ts';
import { type StreamOptions, streamRouter } from './streams/router.ts';
import { suppressionRouter } from './suppressions/router.ts';
import { templateRouter } from './templates/router.ts';
import { createShow } from './views.ts';

/**
 * The pages for operators, to be mounted under any path: links are relative, so that no proxy can break them. `access`
 * says who may use them. Errors are answered here; the host's error handler gets only what breaks off an answer.
 */
export function pageRouter(mail: Mail, access: Access, options: GuardOptions & StreamOptions): Router {
  const forms = forgeryGuard(options);
  const version = assetVersion();
  const show = createShow(version);
  const clock = clockOf(mail);
  const router = Router();
  router.use(pageHeaders, keepPlace, keepNotices(options.publicUrl));
  router.use('/assets', assetRouter(version));
  router.use(recognise(access), readBody, forms.offer, refuseOtherTypes);
  if (access.doors) router.use(access.doors(show, forms.check));
  router.use(gate(show));
  // Before the forms' check: it is not ours, and its scripts know no token of ours.
  router.use('/jobs/agendash', agendashRouter(clock, options.publicUrl));
  router.use(forms.check);
  router.get('/session', showWho);
  if (access.pages) router.use(access.pages(show));
  router.use(changesTakeEditors);
  router.use('/messages', messageRouter(mail, show));
  router.use('/campaigns', campaignRouter(mail, show));
  router.use('/templates', templateRouter(mail, show));
  router.use('/suppressions', suppressionRouter(mail, show));
  router.use('/streams', streamRouter(mail, show, options));
  router.use('/reconciliations', reconciliationRouter(mail, show));
  router.use('/jobs', jobRouter(clock, show));
  router.use('/audit', auditRouter(mail, show));
  router.use(overviewRouter(mail, show));
  router.use(() => {
    throw notFound('There is no such page.');
  });
  router.use(errorPages(show, mail.log));
  return router;
}

function recognise(access: Access): RequestHandler {
  return async (request, response, next) => {
    keepVisit(response, await access.visit(request, response));
    next();
  };
}
