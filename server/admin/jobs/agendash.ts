import { createExpressMiddleware } from 'agendash';
import type { RequestHandler, Response, Router } from 'express';
import { formGate } from '../form-gate.ts';
import { guardedRouter } from '../guarded-router.ts';
import { PageError } from '../page-error.ts';
import { personOf } from '../person.ts';
import { type AgendashChange, type Asked, agendashChanges } from './agendash-changes.ts';
import { agendashPage, tokenScript } from './agendash-page.ts';
import { boundedQuery } from './agendash-query.ts';
import type { JobStorage } from './job-storage.ts';

/** Only what agendash's page needs. It is Agenda's own dashboard, and its code is not ours. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Its stream of events ends after so long, in ms, and is opened again: a server that stops waits no longer. */
const streamMs = 10_000;

/**
 * Agendash on our backend, behind the gate and the check of forms. Its own router gets what it only reads, by paths
 * that are known to the letter; its changes are made here, each with its entry in the audit log in one transaction. Whatever
 * else is asked for, in whatever spelling, is not there.
 */
export function agendashRouter(storage: JobStorage): Router {
  const { get, post, router } = guardedRouter({ strict: true, caseSensitive: true });
  const read = readsOf(storage);
  router.use(ownHeaders);
  get('/', 'pages.view', asFolder, (_request, response) => void response.type('html').send(agendashPage()));
  get(
    '/token.js',
    'pages.view',
    (_request, response) => void response.type('text/javascript').send(tokenScript),
  );
  get('/assets/:file', 'pages.view', read);
  for (const path of ['/api', '/api/stats', '/api/logs']) get(path, 'pages.view', boundedQuery, read);
  get('/api/events', 'pages.view', endingStream, read);
  for (const [name, change] of Object.entries(agendashChanges))
    post(`/api/jobs/${name}`, 'jobs.change', formGate(change.schema), (request, response) =>
      makeChange(storage, change, request.body, response),
    );
  return router;
}

/** Agendash's own router, made when it is first asked. */
function readsOf(storage: JobStorage): RequestHandler {
  let dashboard: RequestHandler | undefined;
  return async (request, response, next) => {
    dashboard ??= createExpressMiddleware(await storage.agenda());
    dashboard(request, response, next);
  };
}

// Its page asks for its scripts beside itself, and its own redirect would name the path before a proxy.
const asFolder: RequestHandler = (request, response, next) => {
  const [path = ''] = request.originalUrl.split('?');
  if (path.endsWith('/')) next();
  else response.redirect(303, `${path.slice(path.lastIndexOf('/') + 1)}/`);
};

const endingStream: RequestHandler = (_request, response, next) => {
  const timer = setTimeout(() => response.end(), streamMs);
  response.once('close', () => clearTimeout(timer));
  next();
};

async function makeChange(
  storage: JobStorage,
  { action, perform }: AgendashChange,
  asked: Asked,
  response: Response,
): Promise<void> {
  const by = personOf(response).id;
  const [agenda, backend] = await Promise.all([storage.agenda(), storage.backend()]);
  const answer = await storage.db.transaction(trx =>
    backend.inTransaction(trx, async () => {
      const done = await perform(agenda, asked).catch(refused);
      await storage.mail.audit.record(
        { by, action, subject: subjectOf(asked), before: null, after: { ...asked, ...done } },
        { trx },
      );
      return done;
    }),
  );
  response.json(answer);
}

function subjectOf({ jobIds = [], jobName }: Asked): string {
  return jobIds.length === 1 ? `job:${jobIds[0]}` : `jobs:${jobName ?? `${jobIds.length} by agendash`}`;
}

// A schedule that Agenda cannot read is the person's fault; what the database says is not.
function refused(error: unknown): never {
  throw error instanceof Error && !('errno' in error) ? notMade(error.message) : error;
}

function notMade(problem: string): PageError {
  return new PageError(422, 'Not changed', `${problem} Nothing was changed.`);
}

// Agendash sets its own, looser policy on every answer, and a host that compresses would hold its events back.
const own: Readonly<Record<string, string>> = {
  'content-security-policy': policy,
  'cache-control': 'no-store, no-transform',
};

const ownHeaders: RequestHandler = (_request, response, next) => {
  const set = response.setHeader.bind(response);
  response.setHeader = (name, value) => set(name, own[name.toLowerCase()] ?? value);
  response.set(own);
  next();
};
