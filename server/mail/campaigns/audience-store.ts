import type { Knex } from 'knex';
import type { Db } from '../../../db/connect.ts';
import type { CampaignRecipientsRow } from '../../../db/rows.ts';
import type { MailKind } from '../people/suppression.ts';
import { utc } from '../shared/time.ts';

/** A recipient of a frozen audience, at its position. */
export type AudienceMember = Pick<CampaignRecipientsRow, 'address' | 'name' | 'locale' | 'metadata'> & {
  position: number;
};

/** A recipient to be added; `data`, `metadata` and `replyTo` are JSON. */
export interface NewMember {
  address: string;
  name: string | null;
  data: string | null;
  locale: string | null;
  metadata: string | null;
  replyTo: string | null;
}

/** Adds recipients to an audience; returns how many were new. An address counts once per campaign. */
export async function insertAudience(
  db: Knex,
  campaignId: string,
  recipients: readonly NewMember[],
): Promise<number> {
  const [result] = await db.raw(
    `INSERT IGNORE INTO postlane_campaign_recipients (campaign_id, address, name, data, locale, metadata, reply_to)
     VALUES ${recipients.map(() => '(?, ?, ?, ?, ?, ?, ?)').join(', ')}`,
    recipients.flatMap(({ address, name, data, locale, metadata, replyTo }) => [
      campaignId,
      ...[address, name, data, locale, metadata, replyTo],
    ]),
  );
  return result.affectedRows;
}

/** Takes recipients out of an audience, up to `limit`; returns how many. */
export async function deleteAudience(trx: Knex, campaignId: string, limit: number): Promise<number> {
  return trx('postlane_campaign_recipients').where({ campaign_id: campaignId }).limit(limit).delete();
}

/** The next recipients behind a position. */
export async function readAudience(
  db: Knex,
  campaignId: string,
  after: number,
  limit: number,
): Promise<AudienceMember[]> {
  const rows = await db('postlane_campaign_recipients')
    .select('position', 'address', 'name', 'locale', 'metadata')
    .where({ campaign_id: campaignId })
    .where('position', '>', after)
    .orderBy('position')
    .limit(limit);
  return rows.map(row => ({ ...row, position: Number(row.position) }));
}

/** Keeps the size of an audience that is frozen, so that nobody has to count it again. */
export async function freezeAudienceSize(db: Db, id: string): Promise<void> {
  const size = db('postlane_campaign_recipients').where({ campaign_id: id }).count('*');
  await db('postlane_campaigns').where({ id }).update('audience', size);
}

/** Size of an audience. */
export async function countAudience(db: Db, campaignId: string): Promise<number> {
  const [row] = await db('postlane_campaign_recipients')
    .where({ campaign_id: campaignId })
    .count({ count: '*' });
  return Number(row?.count ?? 0);
}

/** The position of the member that was added last; 0 when there is none. */
export async function lastPosition(db: Db, campaignId: string): Promise<number> {
  const row = await db('postlane_campaign_recipients')
    .select('position')
    .where({ campaign_id: campaignId })
    .orderBy('position', 'desc')
    .first();
  return Number(row?.position ?? 0);
}

/**
 * What tells an audience from the same one changed: its size and its last position. Members are added behind that and never
 * changed, so that whatever is added or taken out shows.
 */
export async function audienceMark(db: Db, campaignId: string): Promise<{ size: number; last: number }> {
  const [row] = await db('postlane_campaign_recipients')
    .where({ campaign_id: campaignId })
    .select({ size: db.raw('COUNT(*)'), last: db.raw('COALESCE(MAX(position), 0)') });
  return { size: Number(row?.size ?? 0), last: Number(row?.last ?? 0) };
}

/** How many of an audience are suppressed for this kind of bulk mail: the optimizer starts at the shorter list. */
export async function countSuppressedIn(
  db: Db,
  campaignId: string,
  kind: MailKind,
  at: Date,
): Promise<number> {
  const stopped = stoppedBy(kind, at);
  const [[row]] = await db.raw(
    `SELECT COUNT(DISTINCT r.address) AS count FROM postlane_campaign_recipients r
     JOIN postlane_suppressions s ON s.address = r.address
     WHERE r.campaign_id = ? AND ${stopped.sql} AND (${weighsMore} OR NOT EXISTS (
       SELECT 1 FROM postlane_consents c WHERE c.topic = ? AND c.address = r.address AND c.granted = 0))`,
    [campaignId, ...stopped.bindings, kind.topic ?? ''],
  );
  return Number(row.count);
}

// A consent that was withdrawn counts as such beside what weighs less: see `refusalReason` of eligibility.ts.
const weighsMore = "s.class IN ('complaint', 'unsubscribe')";

/** How many of an audience said yes, or no, to the topic of this kind of bulk mail; without those who count as suppressed. */
export async function countConsentsIn(
  db: Db,
  campaignId: string,
  { kind, granted, at }: { kind: MailKind; granted: boolean; at: Date },
): Promise<number> {
  const stopped = stoppedBy(kind, at);
  const [[row]] = await db.raw(
    `SELECT COUNT(*) AS count FROM postlane_campaign_recipients r
     JOIN postlane_consents c ON c.address = r.address
     WHERE r.campaign_id = ? AND c.topic = ? AND c.granted = ? AND NOT EXISTS (
       SELECT 1 FROM postlane_suppressions s WHERE s.address = r.address AND ${stopped.sql}${granted ? '' : ` AND ${weighsMore}`})`,
    [campaignId, kind.topic ?? '', granted, ...stopped.bindings],
  );
  return Number(row.count);
}

/** The rule of `stops` for bulk mail, in SQL; a test compares the two. */
function stoppedBy(
  { streams, topic, category, essential }: MailKind,
  at: Date,
): {
  sql: string;
  bindings: (string | string[])[];
} {
  const sql = `s.active = 1 AND (s.expires_at IS NULL OR s.expires_at > ?) AND (s.scope IN ('everything', 'bulk'${essential ? '' : ", 'non-essential'"})
    OR (s.scope = 'topic' AND s.topic = ?)
    OR (s.scope = 'stream' AND (
      s.stream IN (?)
      OR (s.source IN ('provider', 'rule') AND s.class = 'bounce')
      OR (s.reaches IS NULL AND s.class IN ('complaint', 'unsubscribe'))
      OR FIND_IN_SET(?, s.reaches) > 0 OR FIND_IN_SET(?, s.reaches) > 0)))`;
  return { sql, bindings: [utc(at), topic ?? '', [...streams], topic ?? '', category] };
}
