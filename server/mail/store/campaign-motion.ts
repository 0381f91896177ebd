import type { Knex } from 'knex';
import { utc } from './utc.ts';

/** Keeps how far a running campaign is; the time only moves when it came further. */
export async function keepMotion(db: Knex, campaignId: string, settled: number, now: Date): Promise<void> {
  await db.raw(
    `INSERT INTO campaign_motion (campaign_id, settled, moved_at) VALUES (?, ?, ?)
     ON DUPLICATE KEY UPDATE moved_at = IF(VALUES(settled) = settled, moved_at, VALUES(moved_at)), settled = VALUES(settled)`,
    [campaignId, settled, utc(now)],
  );
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
