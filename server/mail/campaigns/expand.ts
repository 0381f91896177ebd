import type { MailContext } from '../context.ts';
import { insertMessages, type NewMessage } from '../messages/messages-store.ts';
import { chooseRoute } from '../routing/policy.ts';
import { idAt } from '../shared/ids.ts';
import { inTransaction } from '../shared/transaction.ts';
import {
  type AudienceMember,
  type Campaign,
  campaignsIn,
  hasOpenMessages,
  moveCampaign,
  readAudience,
  readCampaign,
  saveCursor,
  unfinishedCancelled,
} from './campaigns-store.ts';
import { finishCancelled, holdQueued, releaseHeld } from './lifecycle.ts';

const expansionPage = 1000;

/**
 * Ends what was begun with campaigns by somebody who died, or had more to move than can be waited for. Then turns frozen
 * audiences into messages, page by page: rows and cursor in one transaction, so that a crash repeats or loses nothing.
 * Then closes campaigns that owe nothing any more. Returns how many messages were made.
 */
export async function expandCampaigns(context: MailContext, signal?: AbortSignal): Promise<number> {
  const { db, now } = context;
  let total = 0;
  for (const id of await campaignsIn(db, ['paused'])) await holdQueued(context, id);
  for (const id of await unfinishedCancelled(db)) await finishCancelled(context, id);
  for (const id of await campaignsIn(db, ['scheduled'], now())) {
    await releaseHeld(context, id);
    await moveCampaign(db, id, ['scheduled'], 'expanding');
  }
  for (const id of await campaignsIn(db, ['expanding'])) {
    for (let made = 1; made > 0 && !signal?.aborted; total += made) made = await expandPage(context, id);
  }
  for (const id of await campaignsIn(db, ['sending'])) {
    if (!(await hasOpenMessages(db, id)))
      await moveCampaign(db, id, ['sending'], 'done', { finishedAt: now() });
  }
  return total;
}

async function expandPage(context: MailContext, id: string): Promise<number> {
  return inTransaction(context.db, async trx => {
    // Locked, so that a pause or a second worker waits for the page or finds the campaign elsewhere.
    const campaign = await readCampaign(trx, id, { lock: true });
    if (campaign?.state !== 'expanding') return 0;
    const members = await readAudience(trx, id, campaign.expandedTo, expansionPage);
    const last = members.at(-1);
    if (!last) {
      await moveCampaign(trx, id, ['expanding'], 'sending');
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

function messageFor({ policy, now }: MailContext, campaign: Campaign, member: AudienceMember): NewMessage {
  const createdAt = now();
  return {
    id: idAt(createdAt),
    attempt: null,
    dueAt: createdAt,
    route: chooseRoute(policy, campaign.category, member.address),
    templateVersionId: campaign.templateVersionId,
    campaignId: campaign.id,
    topic: campaign.topic,
    recipient: member.address,
    recipientName: member.name,
    locale: null,
    tag: campaign.tag,
    idempotencyKey: null,
    fingerprint: null,
    expiresAt: null,
    content: null,
    createdAt,
  };
}
