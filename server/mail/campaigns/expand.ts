import type { Trx } from '../../../db/connect.ts';
import { isDuplicate, isFaultOfRow } from '../../../db/error-codes.ts';
import type { MailContext } from '../context.ts';
import { insertMessages } from '../messages/insert-store.ts';
import { type NewMessage, newMessage } from '../messages/new-message.ts';
import { raiseAlert } from '../monitoring/alerts.ts';
import { missingRoute } from '../monitoring/missing-routes.ts';
import type { Brand } from '../routing/brands.ts';
import { warnOnce } from '../shared/log.ts';
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
  await forEachAlone(context, await campaignsIn(db, ['paused']), id => holdQueued(context, id));
  await forEachAlone(context, await unfinishedCancelled(db), id => finishCancelled(context, id));
  await forEachAlone(context, await campaignsIn(db, ['scheduled'], now()), async id => {
    await releaseHeld(context, id);
    await transitionCampaign(db, id, 'expand', now());
  });
  await forEachAlone(context, await campaignsIn(db, ['expanding']), async id => {
    for (let made = 1; made > 0 && !signal?.aborted; total += made) made = await expandPage(context, id);
  });
  await forEachAlone(context, await campaignsIn(db, ['sending']), async id => {
    if (!(await hasOpenMessages(db, id))) await transitionCampaign(db, id, 'finish', now());
  });
  return total;
}

/** A campaign that cannot go on holds up no other; it stays as it is, and the alert on campaigns that are stuck names it. */
async function forEachAlone(
  { log }: MailContext,
  ids: readonly string[],
  work: (id: string) => Promise<unknown>,
): Promise<void> {
  for (const id of ids) {
    try {
      await work(id);
    } catch (error) {
      if (!isFaultOfRow(error)) throw error;
      log.error({ err: error, campaignId: id }, 'a campaign cannot go on');
    }
  }
}

async function expandPage(context: MailContext, id: string): Promise<number> {
  return inTransaction(context.db, async trx => {
    // Locked: a pause or a second worker waits for the page, or the page sees the new state.
    const campaign = await readCampaign(trx, id, { lock: true });
    if (campaign?.state !== 'expanding') return 0;
    const brand = context.brands.find(campaign.brand);
    if (!brand) {
      warnOnce(context.log, `campaigns of the brand ${campaign.brand} are left to processes that have it`);
      return 0;
    }
    // It waits: another process may have the category, and the next campaigns need not wait with it.
    if (await reportMissing(context, campaign)) return 0;
    const members = await readAudience(trx, id, campaign.expandedTo, expansionPage);
    const last = members.at(-1);
    if (!last) {
      await transitionCampaign(trx, id, 'send', context.now());
      return 0;
    }
    await insertPage(context, trx, campaign, brand, members);
    await saveCursor(trx, id, last.position);
    return members.length;
  });
}

/** All in one statement; where a row is refused, each for itself, without those that no message can be made for. */
async function insertPage(
  context: MailContext,
  trx: Trx,
  campaign: Campaign,
  brand: Brand,
  members: readonly AudienceMember[],
): Promise<void> {
  const messages = members.map(member => messageFor(context, campaign, brand, member));
  try {
    await trx.transaction(page => insertMessages(page, messages));
  } catch (error) {
    if (!isFaultOfRow(error)) throw error;
    for (const message of messages) await insertAlone(context, trx, message);
  }
}

async function insertAlone({ log }: MailContext, trx: Trx, message: NewMessage): Promise<void> {
  try {
    await trx.transaction(one => insertMessages(one, [message]));
  } catch (error) {
    if (!isFaultOfRow(error)) throw error;
    // Its message is there already, such as one that a restored backup brought along.
    if (isDuplicate(error)) return;
    log.error({ err: error, campaignId: message.campaignId }, 'a recipient of a campaign was left out');
  }
}

async function reportMissing(context: MailContext, { id, category }: Campaign): Promise<boolean> {
  const missing = missingRoute(context, { of: 'campaign', id, category, transport: null });
  if (missing) await raiseAlert(context, missing);
  return missing !== null;
}

function messageFor(
  context: MailContext,
  campaign: Campaign,
  brand: Brand,
  member: AudienceMember,
): NewMessage {
  const { id: campaignId, category, templateVersionId, topic, tag } = campaign;
  const recipient = { email: member.address, ...(member.name !== null && { name: member.name }) };
  const metadata = member.metadata === null ? {} : JSON.parse(member.metadata);
  const own = { recipient, locale: member.locale, metadata };
  return newMessage(context, { ...own, brand, category, templateVersionId, campaignId, topic, tag });
}
