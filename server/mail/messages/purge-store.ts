import type { Db } from '../../../db/connect.ts';
import { deleteApprovals } from '../approvals/approvals-store.ts';
import { deleteStrangersEntries } from '../shared/audit-store.ts';
import { cursorPosition, moveCursor } from '../shared/cursors-store.ts';
import { firstIdAt } from '../shared/ids.ts';
import { dayMs, utc } from '../shared/time.ts';
import { openStates } from './states.ts';

/** Rows removed by one purge. */
export interface Purged {
  contents: number;
  attachments: number;
  rawEvents: number;
  audience: number;
  /** Requests for a second person's word. */
  approvals: number;
  /** Entries of the audit log about what strangers did at the doors, with their network addresses. */
  strangersEntries: number;
}

const page = 1000;

/**
 * Removes what is personal and large of settled messages accepted before `cutoff`: contents, subjects, metadata, files
 * that no message uses, raw events, frozen audiences; and of people what was asked for and decided before, and which
 * addresses strangers came from. The messages' rows and all other entries of the audit log stay. In pages, so that no lock
 * is held for long.
 */
export async function purge(db: Db, cutoff: Date, now: Date): Promise<Purged> {
  const before = [firstIdAt(cutoff)];
  await inPages(db, oldFilesSql, before, 'DELETE FROM postlane_message_attachments WHERE message_id IN (?)');
  await inPages(db, oldMetadataSql, before, 'DELETE FROM postlane_message_metadata WHERE message_id IN (?)');
  await purgeKeys(db, cutoff);
  return {
    contents: await inPages(
      db,
      oldContentsSql,
      before,
      'DELETE FROM postlane_message_contents WHERE message_id IN (?)',
      // First: content that is still there when a purge ends early is found by the next one.
      'UPDATE postlane_messages SET subject = NULL WHERE id IN (?)',
    ),
    attachments: await purgeAttachments(db, cutoff),
    rawEvents: await purgeRawEvents(db, cutoff, now),
    audience: await inPages(
      db,
      oldAudienceSql,
      [utc(cutoff)],
      'DELETE FROM postlane_campaign_recipients WHERE position IN (?)',
    ),
    approvals: await repeated(() => deleteApprovals(db, cutoff, now, page)),
    strangersEntries: await repeated(() => deleteStrangersEntries(db, cutoff, page)),
  };
}

/** Removes contents and files of one message, whatever state it is in. */
export async function purgeContent(db: Db, messageId: string): Promise<void> {
  await db('postlane_message_attachments').where({ message_id: messageId }).delete();
  await db('postlane_message_metadata').where({ message_id: messageId }).delete();
  await db('postlane_messages').where({ id: messageId }).update({ subject: null });
  await db('postlane_message_contents').where({ message_id: messageId }).delete();
}

// Ids begin with the time of acceptance, so younger messages are not read.
const settledSql = `m.state NOT IN (${openStates.map(state => `'${state}'`).join(', ')})`;
const oldFilesSql = `SELECT f.message_id AS id FROM postlane_message_attachments f
  STRAIGHT_JOIN postlane_messages m ON m.id = f.message_id WHERE f.message_id < ? AND ${settledSql} LIMIT ${page}`;

const oldMetadataSql = `SELECT p.message_id AS id FROM postlane_message_metadata p
  STRAIGHT_JOIN postlane_messages m ON m.id = p.message_id WHERE p.message_id < ? AND ${settledSql} LIMIT ${page}`;

const oldContentsSql = `SELECT c.message_id AS id FROM postlane_message_contents c
  STRAIGHT_JOIN postlane_messages m ON m.id = c.message_id WHERE c.message_id < ? AND ${settledSql} LIMIT ${page}`;

const oldAudienceSql = `SELECT r.position AS id FROM postlane_campaign_recipients r JOIN postlane_campaigns k ON k.id = r.campaign_id
  WHERE k.finished_at < ? AND k.state IN ('done', 'cancelled') LIMIT ${page}`;

async function inPages(
  db: Db,
  select: string,
  bindings: readonly string[],
  change: string,
  before?: string,
): Promise<number> {
  for (let total = 0; ; ) {
    const [rows]: { id: string | number }[][] = await db.raw(select, [...bindings]);
    if (!rows || rows.length === 0) return total;
    const ids = rows.map(({ id }) => String(id));
    if (before) await db.raw(before, [ids]);
    const [result] = await db.raw(change, [ids]);
    total += result.affectedRows;
  }
}

/** Of changes made once, by the index of their time. */
async function purgeKeys(db: Db, cutoff: Date): Promise<void> {
  await repeated(() =>
    db('postlane_idempotency_keys')
      .where('created_at', '<', utc(cutoff))
      .orderBy('created_at')
      .limit(page)
      .delete(),
  );
}

/** Removes a page at a time until one is not full. */
async function repeated(removePage: () => Promise<number>): Promise<number> {
  for (let total = 0; ; ) {
    const removed = await removePage();
    total += removed;
    if (removed < page) return total;
  }
}

async function purgeAttachments(db: Db, cutoff: Date): Promise<number> {
  for (let total = 0; ; ) {
    const [rows]: { hash: string }[][] = await db.raw(
      `SELECT a.hash FROM postlane_attachments a WHERE a.used_at < ?
         AND NOT EXISTS (SELECT 1 FROM postlane_message_attachments f WHERE f.hash = a.hash) LIMIT ${page}`,
      [utc(cutoff)],
    );
    if (!rows || rows.length === 0) return total;
    const hashes = rows.map(({ hash }) => hash);
    const [result] = await db.raw('DELETE FROM postlane_attachments WHERE hash IN (?) AND used_at < ?', [
      hashes,
      utc(cutoff),
    ]);
    total += result.affectedRows;
    // Files that came into use between the two statements stay; without this the loop would not end.
    if (result.affectedRows === 0) return total;
  }
}

// After a time and an id, so that no page reads again what the one before did.
const oldEventsSql = `SELECT id, received_at AS receivedAt, raw IS NOT NULL AS hasRaw
  FROM postlane_events FORCE INDEX (events_received)
  WHERE received_at >= ? AND received_at < ? AND (received_at > ? OR id > ?)
  ORDER BY received_at, id LIMIT ${page}`;

/** Starts where the last purge ended: its rows stay in the table, and a purge must not take longer every time. */
async function purgeRawEvents(db: Db, cutoff: Date, now: Date): Promise<number> {
  const purgedTo = await cursorPosition(db, 'raw-events');
  // A day earlier, for events that were committed late.
  let last = { receivedAt: new Date(Math.max(0, (purgedTo ?? 0) - dayMs)), id: 0 };
  let total = 0;
  for (;;) {
    const from = utc(last.receivedAt);
    const [rows]: { id: number; receivedAt: Date; hasRaw: number }[][] = await db.raw(oldEventsSql, [
      from,
      utc(cutoff),
      from,
      last.id,
    ]);
    const next = rows?.at(-1);
    if (!rows || !next) break;
    const ids = rows.filter(({ hasRaw }) => hasRaw === 1).map(({ id }) => id);
    if (ids.length > 0) total += await db('postlane_events').whereIn('id', ids).update({ raw: null });
    last = next;
  }
  await moveCursor(db, 'raw-events', cutoff.getTime(), now);
  return total;
}
