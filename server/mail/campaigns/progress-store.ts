import type { Knex } from 'knex';
import { utc } from '../shared/utc.ts';
import type { Progress } from './progress.ts';

/** Keeps how far a running campaign is; the time only moves when it came further. */
export async function saveProgress(
  db: Knex,
  campaignId: string,
  { byState, settled }: { byState: Progress['byState']; settled: number },
  now: Date,
): Promise<void> {
  await db.raw(
    `INSERT INTO campaign_motion (campaign_id, settled, moved_at, by_state) VALUES (?, ?, ?, ?)
     ON DUPLICATE KEY UPDATE moved_at = IF(VALUES(settled) = settled, moved_at, VALUES(moved_at)),
       settled = VALUES(settled), by_state = VALUES(by_state)`,
    [campaignId, settled, utc(now), JSON.stringify(byState)],
  );
}

/** A campaign's messages by state as they were last counted; null when they never were. */
export async function savedCounts(db: Knex, campaignId: string): Promise<Progress['byState'] | null> {
  const row = await db('campaign_motion').select('by_state').where({ campaign_id: campaignId }).first();
  return row?.by_state ? JSON.parse(row.by_state) : null;
}

/** Running campaigns that came no further since `before`, oldest first. */
export async function stuckCampaigns(
  db: Knex,
  before: Date,
): Promise<{ id: string; name: string; since: Date }[]> {
  return db('campaigns as k')
    .join('campaign_motion as o', 'o.campaign_id', 'k.id')
    .select({ id: 'k.id', name: 'k.name', since: 'o.moved_at' })
    .whereIn('k.state', ['expanding', 'sending'])
    .where('o.moved_at', '<', utc(before))
    .orderBy('o.moved_at')
    .limit(20);
}
