import { Router } from 'express';
import type { Knex } from 'knex';
import type { UnexpectedErrors } from '../errors.ts';
import type { Mail } from '../mail/index.ts';
import type { Access } from './access/access.ts';
import { type CsrfOptions, csrfProtection } from './access/csrf.ts';
import { emptyDirectory } from './access/directory.ts';
import { requireSignIn } from './access/require-sign-in.ts';
import { recognise, sessionEndpoint } from './access/session.ts';
import { heldBack } from './approvals/held-mail.ts';
import { assetRouter, assetVersion } from './assets.ts';
import { errorPages } from './error-pages.ts';
import { flashMessages } from './flash.ts';
import { parseForms, refuseOtherTypes } from './form-parser.ts';
import { pageHeaders } from './headers.ts';
import { agendashRouter } from './jobs/agendash.ts';
import { jobStorage } from './jobs/job-storage.ts';
import { notFound } from './page-error.ts';
import { rememberLocation } from './page-location.ts';
import { allow } from './permissions.ts';
import { logRefusals } from './refusals-log.ts';
import { requestLimits } from './request-limits.ts';
import { sections, sectionsFor } from './sections.ts';
import type { StreamOptions } from './streams/options.ts';
import { createShow } from './views.ts';

/** What the pages need besides the module and the access to them. */
export interface PageOptions extends CsrfOptions, StreamOptions {
  /** The database in which the worker keeps its jobs. */
  jobs: Knex;
  /** Who answers what nobody expected; we do by default. */
  errors?: UnexpectedErrors;
  /** How many requests of one address are taken in a minute from people who are not signed in. Default 300. */
  strangersPerMinute?: number;
}

/**
 * The pages for operators, to be mounted under any path: links are relative, so that no proxy can break them. `access`
 * says who may use them. Errors are answered here; the host's error handler gets what breaks off an answer, and what nobody
 * expected where `errors` says so.
 */
export function pageRouter(mail: Mail, access: Access, options: PageOptions): Router {
  const csrf = csrfProtection(options);
  const version = assetVersion();
  const { accounts } = access;
  const navigation = sectionsFor(mail);
  const held = heldBack(mail);
  const show = createShow({
    style: version,
    words: mail.providers,
    navigation,
    approvals: mail.approvals,
    viewSources: accounts ? [accounts.viewSources] : [],
  });
  const jobs = jobStorage(mail, options.jobs);
  const router = Router();
  router.use(pageHeaders, rememberLocation(options.publicUrl), logRefusals(mail.log));
  router.use(flashMessages(options.publicUrl));
  const { ofAssets, ofStrangers } = requestLimits(options.strangersPerMinute);
  router.use('/assets', ofAssets, assetRouter(version));
  router.use(recognise(access.identify, accounts?.directory ?? emptyDirectory), ofStrangers);
  router.use(parseForms, csrf.issue, refuseOtherTypes);
  if (accounts) router.use(accounts.publicRoutes(show, csrf.check));
  router.use(requireSignIn(access, show, mail.security, csrf.isOwnForm));
  router.use(csrf.check);
  if (accounts) router.use(accounts.gate);
  router.use('/jobs/agendash', agendashRouter(jobs));
  router.get('/session', allow('pages.view'), sessionEndpoint);
  if (accounts) router.use(accounts.routes(show));
  for (const { path, pages } of sections) {
    if (pages) router.use(`/${path}`, pages({ mail: held, show, jobs, options }));
  }
  router.use(() => {
    throw notFound('There is no such page.');
  });
  router.use(errorPages(show, mail, navigation, options.errors ?? 'page'));
  return router;
}
