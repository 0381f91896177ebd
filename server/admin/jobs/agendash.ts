import { createExpressMiddleware } from 'agendash';
import { type RequestHandler, type Response, Router } from 'express';
import { type AuditAction, isAuditAction } from '../../mail/index.ts';
import { isSafe, refuseOtherSites } from '../access/csrf.ts';
import { allow, personOf } from '../person.ts';
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
const largestPage = 200;

/**
 * Agendash on our backend, to be mounted behind the gate. Its scripts know no token of ours: instead a change has to
 * come from this site, as JSON, which no form can send, and from an admin.
 */
export function agendashRouter(storage: JobStorage, publicUrl?: string): Router {
  const router = Router();
  router.use(asFolder, refuseOtherSites(publicUrl), takeAdmins(storage), ownHeaders, boundedPage);
  router.get('/api/events', (_request, response, next) => {
    const timer = setTimeout(() => response.end(), streamMs);
    response.once('close', () => clearTimeout(timer));
    next();
  });
  let dashboard: RequestHandler | undefined;
  router.use(async (request, response, next) => {
    dashboard ??= createExpressMiddleware(await storage.agenda());
    dashboard(request, response, next);
  });
  return router;
}

// Its page asks for its scripts beside itself, and its own redirect would name the path before a proxy.
const asFolder: RequestHandler = (request, response, next) => {
  const [path = ''] = request.originalUrl.split('?');
  if (request.path !== '/' || path.endsWith('/')) next();
  else response.redirect(303, `${path.slice(path.lastIndexOf('/') + 1)}/`);
};

// Its routes cannot share a transaction with the audit log, so the entry says what was asked for, before it is done.
function takeAdmins({ mail }: JobStorage): RequestHandler {
  return async (request, response, next) => {
    if (isSafe(request)) return next();
    if (!request.is('application/json')) return void response.sendStatus(415);
    const action = `job.${/^\/api\/jobs\/([a-z]{1,32})$/.exec(request.path)?.[1]}`;
    allow('admin')(request, response, async (refusal?: unknown) => {
      if (refusal) return next(refusal);
      // Its router also takes other spellings of a path; a change that cannot be recorded is not made.
      if (!isAuditAction(action)) return void response.sendStatus(404);
      try {
        await mail.audit.record(asked(action, request.body, response));
        next();
      } catch (error) {
        next(error);
      }
    });
  };
}

function asked(action: AuditAction, body: { jobIds?: unknown; jobName?: unknown } = {}, response: Response) {
  const ids = Array.isArray(body.jobIds) ? body.jobIds : [];
  const subject = ids.length === 1 ? `job:${ids[0]}` : `jobs:${body.jobName ?? `${ids.length} by agendash`}`;
  return { by: personOf(response).id, action, subject, before: null, after: body };
}

// Agendash sets its own, looser policy on every answer, and a host that compresses would hold its events back.
const own: Readonly<Record<string, string>> = {
  'content-security-policy': policy,
  'cache-control': 'no-store, no-transform',
};

const ownHeaders: RequestHandler = (_request, response, next) => {
  const set = response.setHeader.bind(response);
  response.setHeader = (name, value) => set(name, own[name.toLowerCase()] ?? value);
  next();
};

// It takes any number for the size of a page, and 0 for all there is.
const boundedPage: RequestHandler = (request, _response, next) => {
  const [path = '', query = ''] = request.url.split('?', 2);
  const asked = new URLSearchParams(query);
  for (const [name, least, most] of [
    ['limit', 1, largestPage],
    ['skip', 0, 10_000_000],
    ['offset', 0, 10_000_000],
  ] as const) {
    if (!asked.has(name)) continue;
    const number = Number.parseInt(asked.get(name) ?? '', 10);
    asked.set(name, String(Math.min(Math.max(number || 0, least), most)));
  }
  request.url = asked.size > 0 ? `${path}?${asked}` : path;
  next();
};
