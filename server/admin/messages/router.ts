import { type Request, Router } from 'express';
import { type Mail, MailError, type MessageView } from '../../mail/index.ts';
import { linkTemplate } from '../access/links.ts';
import { sendMailHtml } from '../headers.ts';
import { redirectWith } from '../notice.ts';
import { notFound, PageError } from '../page-error.ts';
import { allow, personOf } from '../person.ts';
import { isUuid } from '../uuid.ts';
import type { Show } from '../views.ts';
import { deeds, whatCanBeDone } from './deeds.ts';
import { listMessages } from './list.ts';
import { standingOf } from './standing.ts';
import { storyOf } from './story.ts';

/** Messages: the list with its filters, one message with its story, its content as recipients see it, what can be done. */
export function messageRouter(mail: Mail, show: Show): Router {
  const router = Router();

  router.get('/', (request, response) => listMessages(mail, show, request, response));

  router.get('/:id', async (request, response) => {
    const message = await findMessage(mail, request);
    const [timeline, content, campaign, attempts, events, standing] = await Promise.all([
      storyOf(mail, message.id),
      readContent(mail, message),
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
    const { rendered } = await readContent(mail, await findMessage(mail, request));
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
      const message = await findMessage(mail, request);
      const { id } = message;
      if (name === 'resend' && isSecret(message)) throw new PageError(409, 'Not sent', secret);
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

/** The rendered message; else null: it is gone, cannot be rendered (the problem says why), or is not ours to read. */
interface Content {
  rendered: Awaited<ReturnType<Mail['messages']['preview']>>;
  problem: string | null;
  secret: string | null;
}

async function readContent(mail: Mail, message: MessageView): Promise<Content> {
  const nothing = { rendered: null, problem: null, secret: null };
  if (isSecret(message)) return { ...nothing, secret };
  try {
    return { ...nothing, rendered: await mail.messages.preview(message.id) };
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    return { ...nothing, problem: `This message cannot be rendered: ${error.message}` };
  }
}

const secret = 'It brings a link that is for its recipient alone.';

// Until it has been sent and removed: whoever read the link could take the account.
function isSecret({ template }: MessageView): boolean {
  return template === linkTemplate;
}

function readable(raw: string): string {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
}
