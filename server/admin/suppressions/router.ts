import type { Router } from 'express';
import Joi from 'joi';
import type { Mail } from '../../mail/index.ts';
import { guardedPages } from '../guarded-pages.ts';
import { describeEvent } from '../messages/event-labels.ts';
import type { Page } from '../page.ts';
import { notFound } from '../page-error.ts';
import { queryField } from '../query.ts';
import type { Show } from '../views.ts';
import { addForm, addSuppression, liftForm, liftSuppression, showAdd } from './change.ts';
import { targetOf } from './target.ts';

/** What the list shows: addresses that begin like this, on this stream, after this one. */
const listSchema: Joi.ObjectSchema<{ address?: string; stream?: string; cursor?: string }> = Joi.object({
  address: queryField.text(254, 'The address may have at most 254 characters.'),
  stream: queryField.word('The stream must be an id such as outbound.'),
  cursor: queryField.cursor(/./),
});

/** Who gets no mail, on which stream, and why; adding suppressions and lifting them. */
export function suppressionRouter(mail: Mail, show: Show): Router {
  const routes = guardedPages(mail, show);
  routes.get('/', 'pages.view', listSuppressions);
  routes.get('/new', 'suppressions.add', showAdd);
  routes.post('/', 'suppressions.add', addForm, addSuppression);
  routes.get('/one', 'pages.view', showSuppression);
  routes.post('/lift', 'suppressions.lift', liftForm, liftSuppression);
  return routes.router;
}

async function listSuppressions(page: Page): Promise<void> {
  const { cursor, ...filter } = page.query(listSchema);
  const { address, stream } = filter;
  const [found, streams] = await Promise.all([
    page.mail.suppressions.page({
      ...(address && { start: address }),
      ...(stream && { stream }),
      ...(cursor && { cursor }),
    }),
    page.mail.messages.streams(),
  ]);
  page.render('suppressions/index', {
    address: address ?? '',
    stream: stream ?? '',
    streams: [...new Set([...streams, ...(stream ? [stream] : [])])].sort(),
    suppressions: found.suppressions,
    paged: cursor !== undefined,
    newer: cursor ? `?${new URLSearchParams(filter)}` : null,
    older: found.cursor && `?${new URLSearchParams({ ...filter, cursor: found.cursor })}`,
  });
}

/** One suppression, named by stream and address, with its evidence. */
async function showSuppression(page: Page): Promise<void> {
  const target = targetOf(page.request.query);
  const found = target && (await page.mail.suppressions.evidence(target));
  if (!found) throw notFound('This address was never suppressed on this stream.');
  page.render('suppressions/one', {
    ...found,
    said: found.event && describeEvent(page.mail.providers, found.event),
  });
}
