import { type Mail, type MessageFilter, messageStates } from '../../mail/index.ts';
import type { Page } from '../page.ts';
import { isUuid } from '../uuid.ts';
import { isFiltered, listQuery, readFilter, shownFilter } from './filter.ts';

/** Filters that are folded away until one is used. */
const moreFilters = ['stream', 'tag', 'category', 'subject', 'since', 'until'] as const;

/** The list with its filters. An id in the place of the recipient leads straight to its message. */
export async function listMessages(page: Page): Promise<void> {
  const { mail } = page;
  const filter = readFilter(page.request.query);
  const [named, ...others] = await messagesNamed(mail, filter);
  if (named && others.length === 0) {
    page.redirect(`messages/${named}`);
    return;
  }
  const [found, keys, streams, campaign] = await Promise.all([
    mail.messages.find(filter),
    mail.templates.keys(),
    mail.messages.streams(),
    filter.campaignId ? mail.campaigns.get(filter.campaignId) : null,
  ]);
  const { cursor, newer, messages } = found;
  page.render('messages/index', {
    ...found,
    filter: shownFilter(filter),
    filtered: isFiltered(filter),
    moreFilters: moreFilters.some(name => filter[name]),
    paged: filter.cursor !== undefined || filter.after !== undefined,
    states: messageStates,
    // An older template can be gone from the published ones and still have messages.
    templates: withChosen(keys, filter.template),
    streams: withChosen(streams, filter.stream),
    campaign,
    similar: messages.length === 0 ? await similarRecipients(mail, filter) : [],
    older: cursor && listQuery(filter, { cursor }),
    newer: newer && listQuery(filter, { after: newer }),
  });
}

function withChosen(options: readonly string[], chosen: string | undefined): string[] {
  return [...new Set([...options, ...(chosen ? [chosen] : [])])].sort();
}

async function messagesNamed(mail: Mail, { recipient }: MessageFilter): Promise<string[]> {
  return recipient && isUuid(recipient.toLowerCase()) ? mail.messages.named(recipient) : [];
}

/** Recipients whose address begins with the one that was typed. */
async function similarRecipients(mail: Mail, { recipient, cursor }: MessageFilter): Promise<string[]> {
  return recipient && !cursor ? mail.messages.recipients(recipient) : [];
}
