import type { Db } from '../../../db/connect.ts';
import { openStates } from '../rules/states.ts';
import { utc } from './utc.ts';

/** Rows removed by one purge. */
export interface Purged {
  contents: number;
  attachments: number;
  rawEvents: number;
  audience: number;
}

const page = 1000;

/**
 * Removes what is personal and large of messages accepted before `cutoff` that owe nothing any more: contents, files
 * nobody refers to, raw events, frozen audiences. The ledger rows stay. In pages, so that no lock is held for long.
 */
export async function purge(db: Db, cutoff: Date): Promise<Purged> {
  const settledBefore = (sql: string) =>
    `${sql} AND m.created_at < ? AND m.state NOT IN (${openStates.map(state => `'${state}'`).join(', ')})`;
  await inPages(
    db,
    settledBefore(
      'SELECT f.message_id AS id FROM message_attachments f JOIN messages m ON m.id = f.message_id WHERE 1=1',
    ),
    'DELETE FROM message_attachments WHERE message_id IN (?)',
    cutoff,
  );
  return {
    contents: await inPages(
      db,
      settledBefore(
        'SELECT c.message_id AS id FROM message_contents c JOIN messages m ON m.id = c.message_id WHERE 1=1',
      ),
      'DELETE FROM message_contents WHERE message_id IN (?)',
      cutoff,
    ),
    attachments: await inPages(
      db,
      `SELECT a.hash AS id FROM attachments a WHERE a.used_at < ?
         AND NOT EXISTS (SELECT 1 FROM message_attachments f WHERE f.hash = a.hash)`,
      'DELETE FROM attachments WHERE hash IN (?) AND used_at < ?',
      cutoff,
    ),
    rawEvents: await inPages(
      db,
      'SELECT id FROM events WHERE raw IS NOT NULL AND received_at < ?',
      'UPDATE events SET raw = NULL WHERE id IN (?)',
      cutoff,
    ),
    audience: await inPages(
      db,
      `SELECT r.position AS id FROM campaign_recipients r JOIN campaigns k ON k.id = r.campaign_id
       WHERE k.finished_at < ? AND k.state IN ('done', 'cancelled')`,
      'DELETE FROM campaign_recipients WHERE position IN (?)',
      cutoff,
    ),
  };
}

/** Removes contents and files of one message, whatever state it is in. */
export async function purgeContent(db: Db, messageId: string): Promise<void> {
  await db('message_attachments').where({ message_id: messageId }).delete();
  await db('message_contents').where({ message_id: messageId }).delete();
}

async function inPages(db: Db, select: string, change: string, cutoff: Date): Promise<number> {
  let total = 0;
  for (;;) {
    const [rows] = await db.raw(`${select} LIMIT ${page}`, [utc(cutoff)]);
    if (rows.length === 0) return total;
    const ids = rows.map((row: { id: string | number }) => row.id);
    const needsCutoff = change.split('?').length > 2;
    const [result] = await db.raw(change, needsCutoff ? [ids, utc(cutoff)] : [ids]);
    total += result.affectedRows;
    // A row that came into use between the two statements is left; it must not keep us here for ever.
    if (result.affectedRows === 0) return total;
  }
}
