import type { Db } from '../../../db/connect.ts';

/** Size of an audience. */
export async function countAudience(db: Db, campaignId: string): Promise<number> {
  const [row] = await db('postlane_campaign_recipients')
    .where({ campaign_id: campaignId })
    .count({ count: '*' });
  return Number(row?.count ?? 0);
}

/** How many of an audience are suppressed on a stream: from the shorter list to the longer one, whichever that is. */
export async function countSuppressedIn(db: Db, campaignId: string, stream: string): Promise<number> {
  const [[row]] = await db.raw(
    `SELECT COUNT(*) AS count FROM postlane_campaign_recipients r JOIN postlane_suppressions s ON s.address = r.address
     WHERE r.campaign_id = ? AND s.stream = ? AND s.active = 1`,
    [campaignId, stream],
  );
  return Number(row.count);
}

/** How many of an audience said yes, or no, to a topic; without those who are suppressed on the stream. */
export async function countConsentsIn(
  db: Db,
  campaignId: string,
  { stream, topic, granted }: { stream: string; topic: string; granted: boolean },
): Promise<number> {
  const [[row]] = await db.raw(
    `SELECT COUNT(*) AS count FROM postlane_campaign_recipients r JOIN postlane_consents c ON c.address = r.address
     LEFT JOIN postlane_suppressions s ON s.stream = ? AND s.address = r.address AND s.active = 1
     WHERE r.campaign_id = ? AND c.topic = ? AND c.granted = ? AND s.address IS NULL`,
    [stream, campaignId, topic, granted],
  );
  return Number(row.count);
}
