import { Router } from 'express';
import type { Mail } from '../../mail/index.ts';
import { notFound, unreadable } from '../page-error.ts';
import type { Show } from '../views.ts';

/** As many reconciliations, one a stream and day, as the module lists at once. */
const shown = 200;

/** The reconciliations: what the provider had recorded, what we had missed, and what could not be read. */
export function reconciliationRouter(mail: Mail, show: Show): Router {
  const router = Router();

  router.get('/', async ({ query }, response) => {
    const before = readDay(query.before);
    const found = await mail.reconciliations.list(before ? { before } : {});
    const more = found.length === shown;
    const reconciliations = more ? wholeDays(found) : found;
    show(response, 'reconciliations/index', {
      reconciliations,
      newer: before ? '' : null,
      older: more ? `?before=${reconciliations.at(-1)?.day}` : null,
    });
  });

  router.get('/:day', async ({ params }, response) => {
    if (!isDay(params.day)) throw notFound('There is no such reconciliation.');
    const streams = await mail.reconciliations.ofDay(params.day);
    if (streams.length === 0) throw notFound('There is no such reconciliation.');
    show(response, 'reconciliations/show', { day: params.day, streams });
  });

  return router;
}

// The last day may be cut off; the next page begins with all of it.
function wholeDays<T extends { day: string }>(reconciliations: T[]): T[] {
  const whole = reconciliations.filter(({ day }) => day !== reconciliations.at(-1)?.day);
  return whole.length > 0 ? whole : reconciliations;
}

function readDay(given: unknown): string | null {
  if (given === undefined || given === '') return null;
  if (typeof given === 'string' && isDay(given)) return given;
  throw unreadable('There is no such page of this list.');
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}
