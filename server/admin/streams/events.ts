import type { Router } from 'express';
import Joi from 'joi';
import { type EventKind, eventKinds, type Mail, type UnmatchedEvent } from '../../mail/index.ts';
import { guardedPages } from '../guarded-pages.ts';
import { readPayload } from '../messages/content.ts';
import { describeEvent } from '../messages/event-labels.ts';
import type { Page } from '../page.ts';
import { notFound } from '../page-error.ts';
import { may, permissions } from '../permissions.ts';
import { queryField } from '../query.ts';
import type { Show } from '../views.ts';

const idPattern = /^\d{1,19}$/;
/** As many as the module lists at once. */
const listed = 100;

const listSchema: Joi.ObjectSchema<{ kind?: EventKind; faults?: 'yes'; before?: string }> = Joi.object({
  kind: queryField.oneOf(eventKinds, 'There is no such kind of event.'),
  faults: queryField.oneOf(['yes'], 'The filter for events that could not be read whole is on or off.'),
  before: queryField.cursor(idPattern),
});

/** Events that belong to no message we know, and those that could not be read whole: what a provider said is never lost. */
export function eventRouter(mail: Mail, show: Show): Router {
  const routes = guardedPages(mail, show);
  routes.get('/', 'pages.view', listEvents);
  routes.get('/:event', 'pages.view', showEvent);
  return routes.router;
}

async function listEvents(page: Page): Promise<void> {
  const { kind, faults, before } = page.query(listSchema);
  const [events, counts] = await Promise.all([
    page.mail.events.unmatched({ kind, hasFaults: faults === 'yes' || undefined, before }),
    page.mail.events.counts(),
  ]);
  const last = events.length === listed ? events.at(-1) : undefined;
  const query = { ...(kind && { kind }), ...(faults && { faults }) };
  page.render('streams/events', {
    events: events.map(event => ({ event, why: whyListed(event) })),
    counts,
    kind: kind ?? '',
    faults: faults ?? '',
    newer: before ? `?${new URLSearchParams(query)}` : null,
    older: last ? `?${new URLSearchParams({ ...query, before: last.id })}` : null,
  });
}

async function showEvent(page: Page): Promise<void> {
  const id = page.param('event');
  const event = idPattern.test(id) ? await page.mail.events.get(id) : null;
  if (!event) throw notFound('There is no such event.');
  const payload = may(page.person, 'messages.payloads')
    ? await readPayload(page.mail, event.id)
    : { raw: null, withheld: `Reading it requires the ${permissions['messages.payloads'].role} role.` };
  const said = describeEvent(page.mail.providers, event);
  page.render('streams/event', { event, said, why: whyListed(event), ...payload });
}

function whyListed({ faults, messageId }: UnmatchedEvent): string {
  if (faults !== null) return `Not read whole: ${faults}.`;
  return messageId === null ? 'It names no message that was sent from here.' : 'Its message was found later.';
}
