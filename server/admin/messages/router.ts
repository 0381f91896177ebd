import { type Request, Router } from 'express';
import { type Mail, MailError, type MessageView, messageStates } from '../../mail/index.ts';
import { sendMailHtml } from '../headers.ts';
import { notFound } from '../page-error.ts';
import { isUuid } from '../uuid.ts';
import type { Show } from '../views.ts';
import { isFiltered, readFilter } from './filter.ts';

/** Messages: the list with its filters, one message with its story, and its content as recipients see it. */
export function messageRouter(mail: Mail, show: Show): Router {
  const router = Router();

  router.get('/', async (request, response) => {
    const filter = readFilter(request.query);
    const [{ messages, cursor }, keys, campaign] = await Promise.all([
      mail.messages.find(filter),
      mail.templates.keys(),
      filter.campaignId ? mail.campaigns.get(filter.campaignId) : null,
    ]);
    const { recipient = '', template = '', state = '' } = filter;
    show(response, 'messages/index', {
      filter: { recipient, template, state, campaignId: campaign?.id ?? '' },
      filtered: isFiltered(filter),
      paged: filter.cursor !== undefined,
      states: messageStates,
      // An older template can be gone from the published ones and still have messages.
      templates: [...new Set([...keys, ...(template ? [template] : [])])].sort(),
      campaign,
      messages,
      cursor,
    });
  });

  router.get('/:id', async (request, response) => {
    const message = await findMessage(mail, request);
    const [timeline, content, campaign] = await Promise.all([
      mail.messages.timeline(message.id),
      readContent(mail, message.id),
      message.campaignId ? mail.campaigns.get(message.campaignId) : null,
    ]);
    show(response, 'messages/show', { message, timeline, campaign, ...content });
  });

  router.get('/:id/preview', async (request, response) => {
    const { id } = await findMessage(mail, request);
    const { rendered } = await readContent(mail, id);
    if (!rendered) throw notFound('This message has nothing to show.');
    sendMailHtml(response, rendered.html);
  });

  return router;
}

async function findMessage(mail: Mail, { params }: Request<{ id: string }>): Promise<MessageView> {
  const message = isUuid(params.id) ? await mail.messages.get(params.id) : null;
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
