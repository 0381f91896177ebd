import type { MailContext } from '../context.ts';
import { insertMessages } from '../messages/insert-store.ts';
import { type NewMessage, newMessage } from '../messages/new-message.ts';
import { inTransaction } from '../shared/transaction.ts';
import { type AudienceMember, readAudience } from './audience-store.ts';
import {
  type Campaign,
  campaignsIn,
  hasOpenMessages,
  readCampaign,
  saveCursor,
  transitionCampaign,
  unfinishedCancelled,
} from './campaigns-store.ts';
import { finishCancelled, holdQueued, releaseHeld } from './lifecycle.ts';

const expansionPage = 1000;

/**
 * Finishes what a process left undone: because it died, or because there was too much to move at once. Then turns frozen
 * audiences into messages, page by page: rows and cursor in one transaction, so that a crash repeats or loses nothing.
 * Then closes campaigns without open messages. Returns how many messages were made.
 */
export async function expandCampaigns(context: MailContext, signal?: AbortSignal): Promise<number> {
  const { db, now } = context;
  let total = 0;
  for (const id of await campaignsIn(db, ['paused'])) await holdQueued(context, id);
  for (const id of await unfinishedCancelled(db)) await finishCancelled(context, id);
  for (const id of await campaignsIn(db, ['scheduled'], now())) {
    await releaseHeld(context, id);
    await transitionCampaign(db, id, 'expand', now());
  }
  for (const id of await campaignsIn(db, ['expanding'])) {
    for (let made = 1; made > 0 && !signal?.aborted; total += made) made = await expandPage(context, id);
  }
  for (const id of await campaignsIn(db, ['sending'])) {
    if (!(await hasOpenMessages(db, id))) await transitionCampaign(db, id, 'finish', now());
  }
  return total;
}

async function expandPage(context: MailContext, id: string): Promise<number> {
  return inTransaction(context.db, async trx => {
    // Locked: a pause or a second worker waits for the page, or the page sees the new state.
    const campaign = await readCampaign(trx, id, { lock: true });
    if (campaign?.state !== 'expanding') return 0;
    const members = await readAudience(trx, id, campaign.expandedTo, expansionPage);
    const last = members.at(-1);
    if (!last) {
      await transitionCampaign(trx, id, 'send', context.now());
      return 0;
    }
    await insertMessages(
      trx,
      members.map(member => messageFor(context, campaign, member)),
    );
    await saveCursor(trx, id, last.position);
    return members.length;
  });
}

function messageFor(context: MailContext, campaign: Campaign, member: AudienceMember): NewMessage {
  const { id: campaignId, category, templateVersionId, topic, tag } = campaign;
  const recipient = { email: member.address, ...(member.name !== null && { name: member.name }) };
  return newMessage(context, { category, recipient, templateVersionId, campaignId, topic, tag });
}
