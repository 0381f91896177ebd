import type { Db } from '../../../db/connect.ts';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import type { AuditAction } from '../shared/audit-actions.ts';
import { type Actor, amendEntry, audited } from '../shared/audit-store.ts';
import { type ChangeOptions, within } from '../shared/change.ts';
import { workInTurns } from '../shared/turns.ts';
import { deleteAudience, insertAudience, type NewMember } from './audience-store.ts';
import { type Campaign, readCampaign } from './campaigns-store.ts';
import { type RecipientInput, type Recipients, readRecipient } from './input.ts';
import { isAllowed } from './states.ts';

/** What became of recipients. Faults carry the recipient's index from 0; the first thousand are kept with their reasons. */
export interface AudienceResult {
  added: number;
  duplicates: number;
  rejected: number;
  faults: { index: number; field: string | undefined; message: string }[];
  /** True when the rest was not read; see `stopAtFaults`. */
  stopped?: true;
}

/** Options of {@link addRecipients}. */
export interface AudienceOptions extends Omit<ChangeOptions, 'idempotencyKey'> {
  /** Check all of them and add none. */
  checkOnly?: boolean | undefined;
  /** Ends the work when it is aborted, with its reason; the pages that were added stay. */
  signal?: AbortSignal | undefined;
  /** Stops reading once so many were rejected and they are more than half of all: it is no list of recipients. */
  stopAtFaults?: number | undefined;
}

const pageSize = 1000;
/** Of data: a page is one statement, and that has to fit into what a database takes at once. */
const pageCharacters = 2 * 1024 * 1024;
const keptFaults = 1000;

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
  const entry = growingEntry(by && !checkOnly ? { by } : {}, 'campaign.add-recipients', id, context.now);
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
  const entry = growingEntry(actor, 'campaign.remove-recipients', id, context.now);
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

/** Recipients one by one, in turns of the event loop, until the list ends or is given up. */
export async function* inTurns(
  recipients: Recipients,
  { signal, stopAtFaults = Number.POSITIVE_INFINITY }: Pick<AudienceOptions, 'signal' | 'stopAtFaults'>,
  result: AudienceResult,
): AsyncGenerator<RecipientInput> {
  signal?.throwIfAborted();
  const turns = workInTurns(signal);
  let read = 0;
  for await (const recipient of recipients) {
    if (turns.isOver()) await turns.end();
    yield recipient;
    read += 1;
    if (result.rejected < stopAtFaults || result.rejected * 2 <= read) continue;
    result.stopped = true;
    return;
  }
}

/** Counts a recipient that is left out, and keeps the reason of the first ones. */
export function reject(result: AudienceResult, index: number, { field, message }: MailError): void {
  result.rejected += 1;
  if (result.faults.length < keptFaults) result.faults.push({ index, field, message });
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

/** The audit entry of a change that is made page by page: it grows in the transactions of the pages. */
interface GrowingEntry {
  save(trx: Db, after: Record<string, number>): Promise<void>;
}

function growingEntry(actor: Actor, action: AuditAction, id: string, now: () => Date): GrowingEntry {
  let entryId: string | null = null;
  return {
    async save(trx, after) {
      // Not there when the transaction that inserted it was rolled back and is done again.
      if (entryId !== null && (await amendEntry(trx, entryId, after))) return;
      entryId = await audited(trx, actor, { action, subject: `campaign:${id}`, after, at: now() });
    },
  };
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
