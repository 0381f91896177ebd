import { type Request, Router } from 'express';
import { type Mail, MailError, type MessageView } from '../../mail/index.ts';
import { directoryOf } from '../access/session.ts';
import { sendMailHtml } from '../headers.ts';
import { redirectWith } from '../notice.ts';
import { notFound } from '../page-error.ts';
import { allow, personOf } from '../person.ts';
import { isUuid } from '../uuid.ts';
import type { Show } from '../views.ts';
import { actions, availableActions } from './actions.ts';
import { previewEligibility } from './eligibility-preview.ts';
import { describeEvent } from './event-labels.ts';
import { explanationOf } from './explanation.ts';
import { listMessages } from './list.ts';
import { timelineOf } from './timeline.ts';

/** Messages: the list with its filters, one message with its timeline, its content as recipients see it, its actions. */
export function messageRouter(mail: Mail, show: Show): Router {
  const router = Router();

  router.get('/', (request, response) => listMessages(mail, show, request, response));

  router.get('/:id', async (request, response) => {
    const message = await findMessage(mail, request);
    const [content, campaign, attempts, events, eligibility] = await Promise.all([
      readContent(mail, message),
      message.campaignId ? mail.campaigns.get(message.campaignId) : null,
      mail.messages.attempts(message.id),
      mail.messages.events(message.id),
      previewEligibility(mail, message),
    ]);
    const timeline = await timelineOf(mail, directoryOf(response), message, attempts, events);
    const possible = availableActions(message, content, eligibility);
    show(response, 'messages/show', {
      message,
      explanation: explanationOf(mail.providers, message, events),
      timeline,
      campaign,
      attempts,
      events,
      eligibility,
      possible,
      ...content,
    });
  });

  router.get('/:id/preview', async (request, response) => {
    const { rendered } = await readContent(mail, await findMessage(mail, request));
    if (!rendered) throw notFound('This message has no content to show.');
    sendMailHtml(response, rendered.html);
  });

  router.get('/:id/events/:event', async (request, response) => {
    const { id } = await findMessage(mail, request);
    const event = (await mail.messages.events(id)).find(one => one.id === request.params.event);
    if (!event) throw notFound('There is no such event.');
    show(response, 'messages/event', {
      id,
      event,
      said: describeEvent(mail.providers, event),
      ...(await readRaw(mail, event.id)),
    });
  });

  for (const [name, action] of Object.entries(actions)) {
    router.post(`/:id/${name}`, allow('editor'), async (request, response) => {
      const { id } = await findMessage(mail, request);
      try {
        const done = await action(mail, id, personOf(response).id);
        redirectWith(response, `messages/${done.id}`, done.text);
      } catch (error) {
        if (!(error instanceof MailError)) throw error;
        redirectWith(response, `messages/${id}`, { tone: 'failed', text: error.message });
      }
    });
  }

  return router;
}

async function findMessage(mail: Mail, { params }: Request): Promise<MessageView> {
  const id = String(params.id);
  const message = isUuid(id) ? await mail.messages.get(id) : null;
  if (!message) throw notFound('There is no such message.');
  return message;
}

/** The rendered message; else null: it is gone, cannot be rendered (the problem says why), or is confidential. */
interface Content {
  rendered: Awaited<ReturnType<Mail['messages']['preview']>>;
  problem: string | null;
  confidential: string | null;
}

async function readContent(mail: Mail, message: MessageView): Promise<Content> {
  const nothing = { rendered: null, problem: null, confidential: null };
  try {
    return { ...nothing, rendered: await mail.messages.preview(message.id) };
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    if (error.code === 'confidential') return { ...nothing, confidential: error.message };
    return { ...nothing, problem: `This message cannot be rendered: ${error.message}` };
  }
}

/** The payload of an event; or, where operators may not read it, why. */
async function readRaw(
  mail: Mail,
  eventId: string,
): Promise<{ raw: string | null; confidential: string | null }> {
  try {
    const raw = await mail.messages.rawEvent(eventId);
    return { raw: raw === null ? null : readable(raw), confidential: null };
  } catch (error) {
    if (error instanceof MailError && error.code === 'confidential')
      return { raw: null, confidential: error.message };
    throw error;
  }
}

function readable(raw: string): string {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
}
