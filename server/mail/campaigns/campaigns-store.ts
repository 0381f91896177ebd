import type { Knex } from 'knex';
import type { Db } from '../../../db/connect.ts';
import { openStates } from '../messages/states.ts';
import { inTransaction } from '../shared/transaction.ts';
import { utc } from '../shared/utc.ts';

/** The states of a campaign. */
export type CampaignState = 'draft' | 'scheduled' | 'expanding' | 'sending' | 'done' | 'paused' | 'cancelled';

/** One template to frozen recipients. Times are UTC. */
export interface Campaign {
  id: string;
  name: string;
  state: CampaignState;
  templateVersionId: number;
  template: string;
  templateVersion: number;
  category: string;
  topic: string | null;
  data: Record<string, unknown>;
  tag: string | null;
  sendAt: Date | null;
  /** Size of the audience since it was frozen; null before. */
  audience: number | null;
  /** Position of the last recipient that became a message. */
  expandedTo: number;
  createdAt: Date;
  launchedAt: Date | null;
  finishedAt: Date | null;
}

/** A recipient of a frozen audience, at its position. */
export interface AudienceMember {
  position: number;
  address: string;
  name: string | null;
}

const columns = {
  id: 'id',
  name: 'name',
  state: 'state',
  templateVersionId: 'template_version_id',
  category: 'category',
  topic: 'topic',
  data: 'data',
  tag: 'tag',
  sendAt: 'send_at',
  audience: 'audience',
  expandedTo: 'expanded_to',
  createdAt: 'created_at',
  launchedAt: 'launched_at',
  finishedAt: 'finished_at',
};

// Subqueries, not a join: FOR UPDATE then locks the campaign alone and not a template that others send.
const campaigns = (db: Knex) =>
  db('postlane_campaigns')
    .select(columns)
    .select({
      template: db.raw(
        '(SELECT v.template FROM postlane_template_versions v WHERE v.id = template_version_id)',
      ),
      templateVersion: db.raw(
        '(SELECT v.version FROM postlane_template_versions v WHERE v.id = template_version_id)',
      ),
    });

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
  { running = false, cursor, limit = 100 }: { running?: boolean; cursor?: string; limit?: number } = {},
): Promise<Campaign[]> {
  const query = campaigns(db).orderBy('id', 'desc').limit(limit);
  if (running) query.whereIn('state', ['scheduled', 'expanding', 'sending', 'paused']);
  if (cursor) query.where('id', '<', cursor);
  return (await query).map(campaignOf);
}

/** Takes recipients out of an audience, up to `limit`; returns how many. */
export async function deleteAudience(trx: Knex, campaignId: string, limit: number): Promise<number> {
  return trx('postlane_campaign_recipients').where({ campaign_id: campaignId }).limit(limit).delete();
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

/** Moves a campaign from one of these states; false when it was in none of them. */
export async function moveCampaign(
  db: Knex,
  id: string,
  from: readonly CampaignState[],
  to: CampaignState,
  stamps: { launchedAt?: Date; finishedAt?: Date | null } = {},
): Promise<boolean> {
  const changed = await db('postlane_campaigns')
    .where({ id })
    .whereIn('state', [...from])
    .update({
      state: to,
      ...(stamps.launchedAt && { launched_at: utc(stamps.launchedAt) }),
      ...(stamps.finishedAt !== undefined && { finished_at: utc(stamps.finishedAt) }),
    });
  return changed > 0;
}

/** Keeps the size of an audience that is frozen, so that nobody has to count it again. */
export async function freezeAudienceSize(db: Db, id: string): Promise<void> {
  await db('postlane_campaigns')
    .where({ id })
    .update({ audience: db('postlane_campaign_recipients').where({ campaign_id: id }).count('*') });
}

/** Ids of campaigns that were cancelled and may have messages that wait all the same. */
export async function unfinishedCancelled(db: Db): Promise<string[]> {
  return db('postlane_campaigns')
    .where({ state: 'cancelled' })
    .whereNull('finished_at')
    .orderBy('id')
    .pluck('id');
}

/** Writes down when a campaign in this state was over; the first time counts. */
export async function finishCampaign(db: Db, id: string, state: CampaignState, at: Date): Promise<void> {
  await db('postlane_campaigns')
    .where({ id, state })
    .whereNull('finished_at')
    .update({ finished_at: utc(at) });
}

/** Whether any of a campaign's messages is still to be settled: one look for each open state, not a count. */
export async function hasOpenMessages(db: Db, campaignId: string): Promise<boolean> {
  for (const state of openStates) {
    if (await db('postlane_messages').select('id').where({ campaign_id: campaignId, state }).first())
      return true;
  }
  return false;
}

/** Keeps the cursor, in the transaction that inserts the page it covers. */
export async function saveCursor(trx: Knex, id: string, expandedTo: number): Promise<void> {
  await trx('postlane_campaigns').where({ id }).update({ expanded_to: expandedTo });
}

/** Adds recipients to an audience; returns how many were new. An address counts once per campaign. */
export async function insertAudience(
  db: Knex,
  campaignId: string,
  recipients: readonly { address: string; name: string | null; data: Record<string, unknown> | null }[],
): Promise<number> {
  const [result] = await db.raw(
    `INSERT IGNORE INTO postlane_campaign_recipients (campaign_id, address, name, data)
     VALUES ${recipients.map(() => '(?, ?, ?, ?)').join(', ')}`,
    recipients.flatMap(({ address, name, data }) => [
      campaignId,
      address,
      name,
      data && JSON.stringify(data),
    ]),
  );
  return result.affectedRows;
}

/** The next recipients behind a position. */
export async function readAudience(
  db: Knex,
  campaignId: string,
  after: number,
  limit: number,
): Promise<AudienceMember[]> {
  return db('postlane_campaign_recipients')
    .select('position', 'address', 'name')
    .where({ campaign_id: campaignId })
    .where('position', '>', after)
    .orderBy('position')
    .limit(limit);
}

const movePage = 5000;

/**
 * Moves a campaign's messages from one state to another, `most` of them, as long as it is in one of the states `during`;
 * in pages so that no lock is held for long. Returns how many it moved: fewer than `most` when none is left.
 */
export async function moveCampaignMessages(
  db: Db,
  campaignId: string,
  from: 'queued' | 'held' | 'failed',
  change: { state: 'queued' | 'held' | 'cancelled'; due_at: Date | null; cancelled_at?: Date },
  { during, most = Number.POSITIVE_INFINITY }: { during: readonly CampaignState[]; most?: number },
): Promise<number> {
  const { due_at, cancelled_at, ...rest } = change;
  const row = { ...rest, due_at: utc(due_at), ...(cancelled_at && { cancelled_at: utc(cancelled_at) }) };
  for (let total = 0; ; ) {
    const limit = Math.min(movePage, most - total);
    const moved = await inTransaction(db, async trx => {
      // Locked: who pauses or resumes it meanwhile waits for the page, or is heeded.
      const campaign = await trx('postlane_campaigns')
        .select('state')
        .where({ id: campaignId })
        .forShare()
        .first();
      if (!campaign || !during.includes(campaign.state)) return 0;
      return trx('postlane_messages')
        .where({ campaign_id: campaignId, state: from })
        .limit(limit)
        .update(row);
    });
    total += moved;
    if (moved < limit || total === most) return total;
  }
}

function campaignOf(
  row: Omit<Campaign, 'data' | 'expandedTo'> & { data: string; expandedTo: number | string },
): Campaign {
  return { ...row, data: JSON.parse(row.data), expandedTo: Number(row.expandedTo) };
}
