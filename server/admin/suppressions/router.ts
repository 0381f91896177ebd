import { Router } from 'express';
import type { Mail } from '../../mail/index.ts';
import { describeEvent } from '../messages/event-labels.ts';
import { allow } from '../person.ts';
import type { Show } from '../views.ts';
import { addSuppression, liftSuppression, showAdd } from './change.ts';
import { readFilter } from './filter.ts';
import { findOne } from './one.ts';

/** Who gets no mail, on which stream, and why; adding suppressions and lifting them. */
export function suppressionRouter(mail: Mail, show: Show): Router {
  const router = Router();

  router.get('/', async ({ query }, response) => {
    const filter = readFilter(query);
    const { address, stream, cursor } = filter;
    const [page, streams] = await Promise.all([
      mail.suppressions.page({
        ...(address && { start: address }),
        ...(stream && { stream }),
        ...(cursor && { cursor }),
      }),
      mail.messages.streams(),
    ]);
    const asked = { ...(address && { address }), ...(stream && { stream }) };
    show(response, 'suppressions/index', {
      address: address ?? '',
      stream: stream ?? '',
      streams: [...new Set([...streams, ...(stream ? [stream] : [])])].sort(),
      suppressions: page.suppressions,
      paged: cursor !== undefined,
      newer: cursor ? `?${new URLSearchParams(asked)}` : null,
      older: page.cursor && `?${new URLSearchParams({ ...asked, cursor: page.cursor })}`,
    });
  });

  router.get('/new', allow('editor'), (request, response) => showAdd(mail, show, request, response));
  router.post('/', allow('editor'), (request, response) => addSuppression(mail, show, request, response));

  router.get('/one', async ({ query }, response) => {
    const found = await findOne(mail, query);
    show(response, 'suppressions/one', {
      ...found,
      said: found.event && describeEvent(mail.providers, found.event),
    });
  });
  router.post('/lift', allow('editor'), (request, response) => liftSuppression(mail, request, response));

  return router;
}
