import type { Knex } from 'knex';
import type { MessageState } from '../messages/states.ts';
import { utc } from '../shared/time.ts';

type ByState = Partial<Record<MessageState, number>>;

/** Saves how far a running campaign is; `progressed_at` moves only when it made progress. */
export async function saveProgress(
  db: Knex,
  campaignId: string,
  { byState, settled }: { byState: ByState; settled: number },
  now: Date,
): Promise<void> {
  await db.raw(
    `INSERT INTO postlane_campaign_progress (campaign_id, settled, progressed_at, by_state) VALUES (?, ?, ?, ?)
     ON DUPLICATE KEY UPDATE progressed_at = IF(VALUES(settled) = settled, progressed_at, VALUES(progressed_at)),
       settled = VALUES(settled), by_state = VALUES(by_state)`,
    [campaignId, settled, utc(now), JSON.stringify(byState)],
  );
}

/** A campaign's messages by state as they were last counted; null when they never were. */
export async function savedCounts(db: Knex, campaignId: string): Promise<ByState | null> {
  const row = await db('postlane_campaign_progress')
    .select('by_state')
    .where({ campaign_id: campaignId })
    .first();
  return row?.by_state ? JSON.parse(row.by_state) : null;
}

/** Running campaigns without progress since `before`, oldest first. */
export async function stuckCampaigns(
  db: Knex,
  before: Date,
): Promise<{ id: string; name: string; since: Date }[]> {
  return db('postlane_campaigns as k')
    .join('postlane_campaign_progress as o', 'o.campaign_id', 'k.id')
    .select({ id: 'k.id', name: 'k.name', since: 'o.progressed_at' })
    .whereIn('k.state', ['expanding', 'sending'])
    .where('o.progressed_at', '<', utc(before))
    .orderBy('o.progressed_at')
    .limit(20);
}
