import type { Knex } from 'knex';
import { utc } from '../shared/time.ts';

/** Where a roll-up stopped, locked for the rest of the transaction; null before the first. */
export async function lockCursor(trx: Knex, name: string): Promise<number | null> {
  const row = await cursor(trx, name).forUpdate().first();
  return row ? Number(row.position) : null;
}

/** The same without a lock. */
export async function cursorPosition(db: Knex, name: string): Promise<number | null> {
  const row = await cursor(db, name).first();
  return row ? Number(row.position) : null;
}

function cursor(db: Knex, name: string) {
  return db('postlane_roll_up_cursors').select('position').where({ name });
}

/** Moves it on. */
export async function moveCursor(trx: Knex, name: string, position: number, now: Date): Promise<void> {
  await trx.raw(
    `INSERT INTO postlane_roll_up_cursors (name, position, moved_at) VALUES (?, ?, ?)
     ON DUPLICATE KEY UPDATE position = VALUES(position), moved_at = VALUES(moved_at)`,
    [name, position, utc(now)],
  );
}

/** When it was moved last; null before the first. */
export async function cursorMovedAt(db: Knex, name: string): Promise<Date | null> {
  const row = await db('postlane_roll_up_cursors').select('moved_at').where({ name }).first();
  return row?.moved_at ?? null;
}

/** Events behind a position, in order, with the message each is about. */
export async function eventsBehind(
  db: Knex,
  position: number,
  limit: number,
): Promise<{ id: number; messageId: string | null; receivedAt: Date }[]> {
  const rows = await db('postlane_events')
    .select({ id: 'id', messageId: 'message_id', receivedAt: 'received_at' })
    .where('id', '>', position)
    .orderBy('id')
    .limit(limit);
  return rows.map(row => ({ ...row, id: Number(row.id) }));
}

/** The first message whose id is not before this one. */
export async function firstMessageFrom(db: Knex, id: string): Promise<string | null> {
  const row = await db('postlane_messages').select('id').where('id', '>=', id).orderBy('id').first();
  return row?.id ?? null;
}
