import type { Knex } from 'knex';
import { columns, type Known, momentsAsText, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type { CampaignsRow, TemplateVersionsRow } from '../../../db/rows.ts';
import { openStates } from '../messages/states.ts';
import type { Branding } from '../routing/brands.ts';
import { fromUtc, utc } from '../shared/time.ts';
import {
  type CampaignState,
  type CampaignTransition,
  type CampaignTransitionName,
  campaignTransitions,
  runningStates,
} from './states.ts';

// expandedTo is the position of the last recipient that became a message; audience is null until it is frozen.
const stored = columns<Known<CampaignsRow, { state: CampaignState }>>()('postlane_campaigns', [
  'id',
  'name',
  'state',
  'templateVersionId',
  'category',
  'topic',
  'data',
  'tag',
  'brand',
  'branding',
  'sendAt',
  'audience',
  'expandedTo',
  'createdAt',
  'launchedAt',
  'finishedAt',
]);
const version = columns<TemplateVersionsRow>()('v', ['template'], { templateVersion: 'version' });
const moments = ['sendAt', 'createdAt', 'launchedAt', 'finishedAt'] as const;
type StoredCampaign = Selected<typeof stored> & Selected<typeof version>;

/** One template to frozen recipients. Times are UTC. */
export type Campaign = Omit<StoredCampaign, 'data' | 'branding' | 'expandedTo'> & {
  data: Record<string, unknown>;
  /** In whose name it goes out, as it was when it was made; null for those of the release before. */
  branding: Branding | null;
  expandedTo: number;
};

// Subqueries, not a join: FOR UPDATE then locks the campaign alone and not a template that others send.
const campaigns = (db: Knex) =>
  db('postlane_campaigns').select({
    ...stored.aliases,
    ...momentsAsText(db, stored.aliases, moments),
    template: ofVersion(db, version.aliases.template),
    templateVersion: ofVersion(db, version.aliases.templateVersion),
  });

function ofVersion(db: Knex, column: string): Knex.Raw {
  return db.raw(`(SELECT ${column} FROM postlane_template_versions v WHERE v.id = template_version_id)`);
}

/** Stores a new campaign. */
export async function insertCampaign(db: Knex, campaign: Campaign): Promise<void> {
  await db('postlane_campaigns').insert({
    id: campaign.id,
    name: campaign.name,
    state: campaign.state,
    template_version_id: campaign.templateVersionId,
    category: campaign.category,
    topic: campaign.topic,
    data: JSON.stringify(campaign.data),
    tag: campaign.tag,
    brand: campaign.brand,
    branding: campaign.branding && JSON.stringify(campaign.branding),
    send_at: utc(campaign.sendAt),
    created_at: utc(campaign.createdAt),
  });
}

/** One campaign, or null; locked for the rest of the transaction when `lock` is set. */
export async function readCampaign(db: Knex, id: string, { lock = false } = {}): Promise<Campaign | null> {
  const query = campaigns(db).where({ id }).first();
  const row = await (lock ? query.forUpdate() : query);
  return row ? campaignOf(row) : null;
}

/** Campaigns, latest first; those on their way alone when asked for. `cursor`: older than this id. */
export async function listCampaigns(
  db: Db,
  {
    running = false,
    cursor,
    limit = 100,
  }: { running?: boolean | undefined; cursor?: string | undefined; limit?: number } = {},
): Promise<Campaign[]> {
  const query = campaigns(db).orderBy('id', 'desc').limit(limit);
  if (running) query.whereIn('state', [...runningStates]);
  if (cursor) query.where('id', '<', cursor);
  return (await query).map(campaignOf);
}

/** Ids of campaigns in these states, oldest first. */
export async function campaignsIn(db: Db, states: readonly CampaignState[], dueBy?: Date): Promise<string[]> {
  const query = db('postlane_campaigns')
    .select('id')
    .whereIn('state', [...states])
    .orderBy('id');
  if (dueBy) query.where(row => row.whereNull('send_at').orWhere('send_at', '<=', utc(dueBy)));
  return (await query).map(row => row.id);
}

/** The only writer of a campaign's state; false when it was in none of the states that the transition starts from. */
export async function transitionCampaign(
  db: Knex,
  id: string,
  name: CampaignTransitionName,
  at: Date,
): Promise<boolean> {
  const { from, to, stamp, clears }: CampaignTransition = campaignTransitions[name];
  const changed = await db('postlane_campaigns')
    .where({ id })
    .whereIn('state', [...from])
    .update({ state: to, ...(stamp && { [stamp]: utc(at) }), ...(clears && { [clears]: null }) });
  return changed > 0;
}

/** Ids of cancelled campaigns that may still have waiting messages. */
export async function unfinishedCancelled(db: Db): Promise<string[]> {
  return db('postlane_campaigns')
    .where({ state: 'cancelled' })
    .whereNull('finished_at')
    .orderBy('id')
    .pluck('id');
}

/** Keeps when a cancelled campaign was finished; the first time counts. */
export async function stampCancelledFinished(db: Db, id: string, at: Date): Promise<void> {
  await db('postlane_campaigns')
    .where({ id, state: 'cancelled' })
    .whereNull('finished_at')
    .update({ finished_at: utc(at) });
}

/** Whether any of a campaign's messages is still open: one index lookup per open state instead of a count. */
export async function hasOpenMessages(db: Db, campaignId: string): Promise<boolean> {
  for (const state of openStates) {
    const found = await db('postlane_messages')
      .select('id')
      .where({ campaign_id: campaignId, state })
      .first();
    if (found) return true;
  }
  return false;
}

/** Keeps the cursor, in the transaction that inserts the page it covers. */
export async function saveCursor(trx: Knex, id: string, expandedTo: number): Promise<void> {
  await trx('postlane_campaigns').where({ id }).update({ expanded_to: expandedTo });
}

const movePage = 5000;

/** Runs the work of one page in a transaction. */
export type InPage = <T>(work: (trx: Knex) => Promise<T>) => Promise<T>;

/**
 * Moves messages of a campaign, `most` of them, as long as it is in one of the states `during`; page by page, so that no
 * lock is held for long. Returns how many were moved: fewer than `most` when none is left.
 */
export async function movePages(
  inPage: InPage,
  campaignId: string,
  during: readonly CampaignState[],
  most: number,
  move: (trx: Knex, page: { campaignId: string; limit: number }) => Promise<number>,
): Promise<number> {
  for (let total = 0; ; ) {
    const limit = Math.min(movePage, most - total);
    const moved = await inPage(async trx => {
      // Locked: a pause or a resume meanwhile waits for the page, or the page sees it.
      const campaign = await trx('postlane_campaigns')
        .select('state')
        .where({ id: campaignId })
        .forShare()
        .first();
      return during.includes(campaign?.state as CampaignState) ? move(trx, { campaignId, limit }) : 0;
    });
    total += moved;
    if (moved < limit || total === most) return total;
  }
}

type ReadCampaign = Omit<StoredCampaign, (typeof moments)[number]> & {
  [Moment in (typeof moments)[number]]: StoredCampaign[Moment] extends Date ? string : string | null;
};

function campaignOf(row: ReadCampaign): Campaign {
  const { data, branding, expandedTo, sendAt, createdAt, launchedAt, finishedAt } = row;
  return {
    ...row,
    sendAt: fromUtc(sendAt),
    createdAt: fromUtc(createdAt),
    launchedAt: fromUtc(launchedAt),
    finishedAt: fromUtc(finishedAt),
    data: readJson(data) ?? {},
    branding: branding === null ? null : readJson<Branding>(branding),
    expandedTo: Number(expandedTo),
  };
}

// Each of its messages fails with the reason; a list of campaigns must not.
function readJson<T extends object>(text: string): T | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
