import { Router } from 'express';
import type { Mail } from '../../mail/index.ts';
import { notFound, unreadable } from '../page-error.ts';
import type { Show } from '../views.ts';

/** As many streams' nights as the module lists at once. */
const shown = 200;

/** The nights: what the provider's books held, what we had missed, and what could not be read. */
export function reconciliationRouter(mail: Mail, show: Show): Router {
  const router = Router();

  router.get('/', async ({ query }, response) => {
    const before = readDay(query.before);
    const nights = await mail.reconciliations.list(before ? { before } : {});
    const last = nights.length === shown ? nights.at(-1) : null;
    show(response, 'reconciliations/index', {
      nights,
      newer: before ? '' : null,
      older: last ? `?before=${last.day}` : null,
    });
  });

  router.get('/:day', async ({ params }, response) => {
    if (!isDay(params.day)) throw notFound('There is no such night.');
    const streams = await mail.reconciliations.night(params.day);
    if (streams.length === 0) throw notFound('There is no such night.');
    show(response, 'reconciliations/show', { day: params.day, streams });
  });

  return router;
}

function readDay(given: unknown): string | null {
  if (given === undefined || given === '') return null;
  if (typeof given === 'string' && isDay(given)) return given;
  throw unreadable('The page you asked for is not part of this list.');
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}
