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
    const found = await mail.reconciliations.list(before ? { before } : {});
    const more = found.length === shown;
    const nights = more ? wholeDays(found) : found;
    show(response, 'reconciliations/index', {
      nights,
      newer: before ? '' : null,
      older: more ? `?before=${nights.at(-1)?.day}` : null,
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

// The last day may go on behind the end; the next page begins with all of it.
function wholeDays<T extends { day: string }>(nights: T[]): T[] {
  const whole = nights.filter(({ day }) => day !== nights.at(-1)?.day);
  return whole.length > 0 ? whole : nights;
}

function readDay(given: unknown): string | null {
  if (given === undefined || given === '') return null;
  if (typeof given === 'string' && isDay(given)) return given;
  throw unreadable('The page you asked for is not part of this list.');
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}
