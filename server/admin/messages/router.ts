import { type Request, Router } from 'express';
import { type Mail, MailError, type MessageView } from '../../mail/index.ts';
import { sendMailHtml } from '../headers.ts';
import { redirectWith } from '../notice.ts';
import { notFound } from '../page-error.ts';
import { allow, personOf } from '../person.ts';
import { isUuid } from '../uuid.ts';
import type { Show } from '../views.ts';
import { deeds, whatCanBeDone } from './deeds.ts';
import { listMessages } from './list.ts';
import { standingOf } from './standing.ts';

/** Messages: the list with its filters, one message with its story, its content as recipients see it, what can be done. */
export function messageRouter(mail: Mail, show: Show): Router {
  const router = Router();

  router.get('/', (request, response) => listMessages(mail, show, request, response));

  router.get('/:id', async (request, response) => {
    const message = await findMessage(mail, request);
    const [timeline, content, campaign, attempts, events, standing] = await Promise.all([
      mail.messages.timeline(message.id),
      readContent(mail, message.id),
      message.campaignId ? mail.campaigns.get(message.campaignId) : null,
      mail.messages.attempts(message.id),
      mail.messages.events(message.id),
      standingOf(mail, message),
    ]);
    const possible = whatCanBeDone(message, content.rendered !== null);
    show(response, 'messages/show', {
      message,
      timeline,
      campaign,
      attempts,
      events,
      standing,
      possible,
      ...content,
    });
  });

  router.get('/:id/preview', async (request, response) => {
    const { id } = await findMessage(mail, request);
    const { rendered } = await readContent(mail, id);
    if (!rendered) throw notFound('This message has nothing to show.');
    sendMailHtml(response, rendered.html);
  });

  router.get('/:id/events/:event', async (request, response) => {
    const { id } = await findMessage(mail, request);
    const event = (await mail.messages.events(id)).find(one => one.id === request.params.event);
    if (!event) throw notFound('There is no such report.');
    const raw = await mail.messages.rawEvent(event.id);
    show(response, 'messages/event', { id, event, raw: raw === null ? null : readable(raw) });
  });

  for (const [name, deed] of Object.entries(deeds)) {
    router.post(`/:id/${name}`, allow('editor'), async (request, response) => {
      const { id } = await findMessage(mail, request);
      try {
        const done = await deed(mail, id, personOf(response).id);
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

type Content = Awaited<ReturnType<Mail['messages']['preview']>>;

/** The rendered message; else null, with the problem when it is not simply gone. */
async function readContent(mail: Mail, id: string): Promise<{ rendered: Content; problem: string | null }> {
  try {
    return { rendered: await mail.messages.preview(id), problem: null };
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    return { rendered: null, problem: error.message };
  }
}

function readable(raw: string): string {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
}
