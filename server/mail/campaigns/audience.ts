import type { Db } from '../../../db/connect.ts';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { type ChangeOptions, within } from '../shared/change.ts';
import { type GrowingEntry, growingEntry } from '../shared/growing-entry.ts';
import { inTurns, type LongListOptions, type LongListResult, reject } from '../shared/long-list.ts';
import { deleteAudience, insertAudience, type NewMember } from './audience-store.ts';
import { type Campaign, readCampaign } from './campaigns-store.ts';
import { type Recipients, readRecipient } from './input.ts';
import { isAllowed } from './states.ts';

/** What became of recipients. */
export interface AudienceResult extends LongListResult {
  added: number;
  duplicates: number;
}

/** Options of {@link addRecipients}. */
export interface AudienceOptions extends Omit<ChangeOptions, 'idempotencyKey'>, LongListOptions {
  /** Check all of them and add none. */
  checkOnly?: boolean | undefined;
}

const pageSize = 1000;
/** Of data: a page is one statement, and that has to fit into what a database takes at once. */
const pageCharacters = 2 * 1024 * 1024;

/** See {@link Campaigns.addRecipients}. */
export async function addRecipients(
  context: MailContext,
  id: string,
  recipients: Recipients,
  { checkOnly = false, by, trx, ...bounds }: AudienceOptions = {},
): Promise<AudienceResult> {
  const inPage: InPage = work => within(context.db, trx, work);
  const campaign = await inPage(own => requireCampaign(own, id));
  const template = await context.templates.version(campaign.templateVersionId);
  const result: AudienceResult = { added: 0, duplicates: 0, rejected: 0, faults: [] };
  const entry = growingEntry(by && !checkOnly ? { by } : {}, {
    action: 'campaign.add-recipients',
    subject: `campaign:${id}`,
    now: context.now,
  });
  let page: NewMember[] = [];
  let characters = 0;
  let index = 0;
  for await (const recipient of inTurns(recipients, bounds, result)) {
    const member = readRecipient(recipient, campaign, template, context.providers.limits);
    if (member instanceof MailError) reject(result, index, member);
    else if (!checkOnly) {
      page.push(member);
      characters += member.data?.length ?? 0;
    }
    index += 1;
    if (page.length >= pageSize || characters >= pageCharacters) {
      await storePage(inPage, id, page, result, entry);
      page = [];
      characters = 0;
    }
  }
  await storePage(inPage, id, page, result, entry);
  return result;
}

/** Empties the audience of a draft, in pages; returns how many were taken out. */
export async function removeRecipients(
  context: MailContext,
  id: string,
  { trx: caller, ...actor }: Omit<ChangeOptions, 'idempotencyKey'> = {},
): Promise<number> {
  const entry = growingEntry(actor, {
    action: 'campaign.remove-recipients',
    subject: `campaign:${id}`,
    now: context.now,
  });
  let total = 0;
  for (let removed = pageSize; removed === pageSize; total += removed) {
    removed = await within(context.db, caller, async trx => {
      const campaign = await requireCampaign(trx, id, { lock: true });
      if (!isAllowed('removeRecipients', campaign.state)) throw wrongState(campaign, 'give up recipients');
      const deleted = await deleteAudience(trx, id, pageSize);
      await entry.save(trx, { removed: total + deleted });
      return deleted;
    });
  }
  return total;
}

/** Runs the work of a page in a transaction. */
type InPage = <T>(work: (trx: Db) => Promise<T>) => Promise<T>;

async function storePage(
  inPage: InPage,
  id: string,
  page: NewMember[],
  result: AudienceResult,
  entry: GrowingEntry,
): Promise<void> {
  const added = await inPage(async trx => {
    // Locked: a launch waits for the page, or the page sees that it was launched.
    const campaign = await requireCampaign(trx, id, { lock: true });
    if (!isAllowed('addRecipients', campaign.state)) throw wrongState(campaign, 'take recipients');
    const inserted = page.length === 0 ? 0 : await insertAudience(trx, id, page);
    const duplicates = result.duplicates + page.length - inserted;
    await entry.save(trx, { added: result.added + inserted, duplicates, rejected: result.rejected });
    return inserted;
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
export function wrongState({ state }: Pick<Campaign, 'state'>, what: string): MailError {
  return new MailError('wrong-state', `A campaign that is ${state} cannot ${what}.`, 'state');
}
