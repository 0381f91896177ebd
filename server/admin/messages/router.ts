import type { Router } from 'express';
import type { Mail } from '../../mail/index.ts';
import { noFields } from '../form.ts';
import { guardedPages } from '../guarded-pages.ts';
import { sendMailHtml } from '../headers.ts';
import type { Page } from '../page.ts';
import { notFound } from '../page-error.ts';
import { may, permissions } from '../permissions.ts';
import type { Show } from '../views.ts';
import { type ActionKind, actions, availableActions } from './actions.ts';
import { findMessage, readContent, readPayload } from './content.ts';
import { describeEvent } from './event-labels.ts';
import { explanationOf, stopsOf } from './explanation.ts';
import { listMessages } from './list.ts';
import { timelineOf } from './timeline.ts';

/** Messages: the list with its filters; one message with its timeline, its content as recipients see it, its actions. */
export function messageRouter(mail: Mail, show: Show): Router {
  const routes = guardedPages(mail, show);
  routes.get('/', 'pages.view', listMessages);
  routes.get('/:id', 'pages.view', showMessage);
  routes.get('/:id/preview', 'pages.view', showContent);
  routes.get('/:id/events/:event', 'pages.view', showEvent);
  for (const [name, action] of Object.entries(actions))
    routes.post(`/:id/${name}`, action.permission, noFields, page => perform(page, action));
  return routes.router;
}

async function perform(page: Page, action: ActionKind): Promise<void> {
  const { id } = await findMessage(page);
  await page.orFlashError(`messages/${id}`, async () => {
    const done = await action.perform(page.mail, id, page.by);
    page.redirect(`messages/${done.id}`, done.text);
  });
}

async function showMessage(page: Page): Promise<void> {
  const { mail } = page;
  const message = await findMessage(page);
  const [content, campaign, attempts, events, eligibility] = await Promise.all([
    readContent(mail, message),
    message.campaignId ? mail.campaigns.get(message.campaignId) : null,
    mail.messages.attempts(message.id),
    mail.messages.events(message.id),
    mail.messages.explain(message.id),
  ]);
  page.render('messages/show', {
    message,
    explanation: explanationOf(mail.providers, message, events),
    timeline: await timelineOf(mail, page.directory, message, attempts, events),
    campaign,
    attempts,
    events,
    eligibility,
    possible: availableActions(page.person, message, stopsOf(mail.providers, eligibility)),
    ...content,
  });
}

async function showContent(page: Page): Promise<void> {
  const { rendered } = await readContent(page.mail, await findMessage(page));
  if (!rendered) throw notFound('This message has no content to show.');
  sendMailHtml(page.response, rendered.html);
}

async function showEvent(page: Page): Promise<void> {
  const { id } = await findMessage(page);
  const event = (await page.mail.messages.events(id)).find(one => one.id === page.param('event'));
  if (!event) throw notFound('There is no such event.');
  const payload = may(page.person, 'messages.payloads')
    ? await readPayload(page.mail, event.id)
    : { raw: null, withheld: `Reading it requires the ${permissions['messages.payloads'].role} role.` };
  page.render('messages/event', { id, event, said: describeEvent(page.mail.providers, event), ...payload });
}
