import type { Router } from 'express';
import Joi from 'joi';
import type { Mail } from '../../mail/index.ts';
import { uploadPlaces } from '../campaigns/upload-places.ts';
import { guardedPages } from '../guarded-pages.ts';
import { describeEvent } from '../messages/event-labels.ts';
import type { Page } from '../page.ts';
import { notFound } from '../page-error.ts';
import { queryField } from '../query.ts';
import type { Show } from '../views.ts';
import { addForm, addSuppression, liftForm, liftSuppression, showAdd } from './change.ts';
import { importForm, importSuppressions, sendAll, showImport } from './lists.ts';
import { extendSelected, liftSelected, selectedForm } from './selected.ts';
import { targetOf } from './target.ts';

/** What the list shows: addresses that begin like this, or contain it, on this stream, after this one. */
const listSchema: Joi.ObjectSchema<{ address?: string; stream?: string; within?: string; cursor?: string }> =
  Joi.object({
    address: queryField.text(254, 'The address may have at most 254 characters.'),
    stream: queryField.word('The stream must be an id such as outbound.'),
    within: queryField.oneOf(['yes'], 'An address is searched by its beginning, or anywhere in it.'),
    cursor: queryField.cursor(/./),
  });

/** Who gets no mail, on which stream, and why; adding suppressions and lifting them. */
export function suppressionRouter(mail: Mail, show: Show): Router {
  const routes = guardedPages(mail, show);
  routes.get('/', 'pages.view', listSuppressions);
  routes.get('/new', 'suppressions.add', showAdd);
  routes.post('/', 'suppressions.add', addForm, addSuppression);
  const places = uploadPlaces();
  routes.get('/import', 'suppressions.add', showImport);
  routes.post('/import', 'suppressions.add', importForm, (page, form) =>
    importSuppressions(page, form, places),
  );
  routes.get('/suppressions.csv', 'suppressions.export', sendAll);
  routes.get('/one', 'pages.view', showSuppression);
  routes.post('/lift', 'suppressions.lift', liftForm, liftSuppression);
  routes.post('/selected/extend', 'suppressions.add', selectedForm, extendSelected);
  routes.post('/selected/lift', 'suppressions.lift', selectedForm, liftSelected);
  return routes.router;
}

async function listSuppressions(page: Page): Promise<void> {
  const { cursor, ...filter } = page.query(listSchema);
  const { address, stream, within } = filter;
  const [found, streams] = await Promise.all([
    page.mail.suppressions.page({
      ...(address && (within ? { within: address } : { start: address })),
      ...(stream && { stream }),
      ...(cursor && { cursor }),
    }),
    page.mail.messages.streams(),
  ]);
  page.render('suppressions/index', {
    address: address ?? '',
    stream: stream ?? '',
    within: within !== undefined,
    partial: found.partial,
    streams: [...new Set([...streams, ...(stream ? [stream] : [])])].sort(),
    suppressions: found.suppressions,
    paged: cursor !== undefined,
    newer: cursor ? `?${new URLSearchParams(filter)}` : null,
    older: found.cursor && `?${new URLSearchParams({ ...filter, cursor: found.cursor })}`,
  });
}

/** One suppression, named by its place and address, with its evidence and the history of the address. */
async function showSuppression(page: Page): Promise<void> {
  const target = targetOf(page.request.query);
  const found = target && (await page.mail.suppressions.evidence(target));
  if (!target || !found) throw notFound('This address was never suppressed on this stream.');
  page.render('suppressions/one', {
    ...found,
    history: (await page.mail.suppressions.history(target.address)).slice(0, 100),
    said: found.event && describeEvent(page.mail.providers, found.event),
  });
}
