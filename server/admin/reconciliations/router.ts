import type { Router } from 'express';
import Joi from 'joi';
import type { Mail } from '../../mail/index.ts';
import { guardedPages } from '../guarded-pages.ts';
import type { Page } from '../page.ts';
import { notFound } from '../page-error.ts';
import { queryField } from '../query.ts';
import type { Show } from '../views.ts';

/** As many reconciliations, one a stream and day, as the module lists at once. */
const shown = 200;

const listSchema: Joi.ObjectSchema<{ before?: string }> = Joi.object({
  before: queryField
    .cursor(/^\d{4}-\d\d-\d\d$/)
    .custom((day: string, helpers) => (isDay(day) ? day : helpers.error('any.invalid'))),
});

/** The reconciliations: what the provider had recorded, what we had missed, and what could not be read. */
export function reconciliationRouter(mail: Mail, show: Show): Router {
  const routes = guardedPages(mail, show);
  routes.get('/', 'pages.view', listReconciliations);
  routes.get('/:day', 'pages.view', showDay);
  return routes.router;
}

async function listReconciliations(page: Page): Promise<void> {
  const { before } = page.query(listSchema);
  const found = await page.mail.reconciliations.list(before ? { before } : {});
  const more = found.length === shown;
  const reconciliations = more ? wholeDays(found) : found;
  page.render('reconciliations/index', {
    reconciliations,
    newer: before ? '' : null,
    older: more ? `?before=${reconciliations.at(-1)?.day}` : null,
  });
}

async function showDay(page: Page): Promise<void> {
  const day = page.param('day');
  const streams = isDay(day) ? await page.mail.reconciliations.ofDay(day) : [];
  if (streams.length === 0) throw notFound('There is no such reconciliation.');
  page.render('reconciliations/show', { day, streams });
}

// The last day may be cut off; the next page begins with all of it.
function wholeDays<T extends { day: string }>(reconciliations: T[]): T[] {
  const whole = reconciliations.filter(({ day }) => day !== reconciliations.at(-1)?.day);
  return whole.length > 0 ? whole : reconciliations;
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}
