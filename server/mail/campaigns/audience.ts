import type { Db } from '../../../db/connect.ts';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import type { Actor } from '../messages/messages.ts';
import { addressKey, readMailbox } from '../shared/address.ts';
import { recordChange } from '../shared/audit-store.ts';
import { inTransaction } from '../shared/transaction.ts';
import type { ReadyTemplate } from '../templates/templates.ts';
import { type Campaign, deleteAudience, insertAudience, readCampaign } from './campaigns-store.ts';

/** One recipient of an audience. */
export interface RecipientInput {
  email: string;
  name?: string | null;
  data?: Record<string, unknown>;
}

/** Recipients as they come: a list, a generator, a stream of parsed lines. */
export type Recipients = Iterable<RecipientInput> | AsyncIterable<RecipientInput>;

/** What became of recipients; faults by their place, from 0, the first thousand with their reasons. */
export interface AudienceResult {
  added: number;
  duplicates: number;
  rejected: number;
  faults: { index: number; field: string | undefined; message: string }[];
}

/** How to take recipients. */
export interface AudienceOptions extends Actor {
  /** Check them all and add nobody. */
  checkOnly?: boolean;
}

const pageSize = 1000;
const keptFaults = 1000;

/**
 * Adds recipients to a draft page by page, in flat memory. Faulty ones are left out and reported; an address counts
 * once. Throws `wrong-state` when the campaign is, or meanwhile was, launched: its audience is frozen.
 */
export async function addRecipients(
  context: MailContext,
  id: string,
  recipients: Recipients,
  { checkOnly = false, by }: AudienceOptions = {},
): Promise<AudienceResult> {
  const campaign = await requireCampaign(context.db, id);
  const template = await context.templates.version(campaign.templateVersionId);
  const result: AudienceResult = { added: 0, duplicates: 0, rejected: 0, faults: [] };
  let page: Member[] = [];
  let index = 0;
  for await (const recipient of recipients) {
    const member = checkRecipient(recipient, campaign, template);
    if (member instanceof MailError) reject(result, index, member);
    else if (!checkOnly) page.push(member);
    index += 1;
    if (page.length >= pageSize) {
      await storePage(context, id, page, result);
      page = [];
    }
  }
  await storePage(context, id, page, result);
  if (by && !checkOnly) {
    const { added, duplicates, rejected } = result;
    const entry = { by, action: 'campaign.add-recipients', subject: `campaign:${id}`, at: context.now() };
    await recordChange(context.db, { ...entry, before: null, after: { added, duplicates, rejected } });
  }
  return result;
}

/** Empties the audience of a draft, in pages; returns how many were taken out. */
export async function removeRecipients(
  context: MailContext,
  id: string,
  { by }: Actor = {},
): Promise<number> {
  let total = 0;
  for (let removed = pageSize; removed === pageSize; total += removed) {
    removed = await inTransaction(context.db, async trx => {
      const campaign = await requireCampaign(trx, id, { lock: true });
      if (campaign.state !== 'draft') throw wrongState(campaign, 'give up recipients');
      return deleteAudience(trx, id, pageSize);
    });
  }
  if (by) {
    const entry = { by, action: 'campaign.remove-recipients', subject: `campaign:${id}`, at: context.now() };
    await recordChange(context.db, { ...entry, before: { recipients: total }, after: { recipients: 0 } });
  }
  return total;
}

interface Member {
  address: string;
  name: string | null;
  data: Record<string, unknown> | null;
}

function checkRecipient(
  recipient: RecipientInput,
  campaign: Campaign,
  template: ReadyTemplate,
): Member | MailError {
  try {
    const { email, name } = readMailbox({ email: recipient.email, name: recipient.name ?? null }, 'email');
    template.check({ ...campaign.data, ...recipient.data });
    return { address: addressKey(email), name: name ?? null, data: recipient.data ?? null };
  } catch (error) {
    if (error instanceof MailError) return error;
    throw error;
  }
}

function reject(result: AudienceResult, index: number, { field, message }: MailError): void {
  result.rejected += 1;
  if (result.faults.length < keptFaults) result.faults.push({ index, field, message });
}

async function storePage(
  { db }: MailContext,
  id: string,
  page: Member[],
  result: AudienceResult,
): Promise<void> {
  const added = await inTransaction(db, async trx => {
    // Locked, so that a launch waits for the page or the page finds it launched.
    const campaign = await requireCampaign(trx, id, { lock: true });
    if (campaign.state !== 'draft') throw wrongState(campaign, 'take recipients');
    return page.length === 0 ? 0 : insertAudience(trx, id, page);
  });
  result.added += added;
  result.duplicates += page.length - added;
}

/** A campaign by its id; throws `unknown-campaign`. */
export async function requireCampaign(
  db: Db,
  id: string,
  options: { lock?: boolean } = {},
): Promise<Campaign> {
  const campaign = await readCampaign(db, id, options);
  if (!campaign) throw new MailError('unknown-campaign', 'There is no such campaign.', 'id');
  return campaign;
}

/** The refusal of something that a campaign's state does not allow. */
export function wrongState({ state }: Campaign, what: string): MailError {
  return new MailError('wrong-state', `A campaign that is ${state} cannot ${what}.`, 'state');
}
