import type { Knex } from 'knex';
import { utc } from './time.ts';

/** What a cursor is in, and what its position means: hours since 1970, ids of events, milliseconds since 1970. */
export type CursorName = 'hours' | 'events' | 'raw-events';

/** Where it stopped, locked for the rest of the transaction; null before the first time. */
export async function lockCursor(trx: Knex, name: CursorName): Promise<number | null> {
  const row = await cursor(trx, name).forUpdate().first();
  return row ? Number(row.position) : null;
}

/** The same without a lock. */
export async function cursorPosition(db: Knex, name: CursorName): Promise<number | null> {
  const row = await cursor(db, name).first();
  return row ? Number(row.position) : null;
}

function cursor(db: Knex, name: CursorName) {
  return db('postlane_cursors').select('position').where({ name });
}

/** Moves it on. */
export async function moveCursor(trx: Knex, name: CursorName, position: number, now: Date): Promise<void> {
  await trx.raw(
    `INSERT INTO postlane_cursors (name, position, updated_at) VALUES (?, ?, ?)
     ON DUPLICATE KEY UPDATE position = VALUES(position), updated_at = VALUES(updated_at)`,
    [name, position, utc(now)],
  );
}

/** When it was updated last, moved or not; null before the first time. */
export async function cursorUpdatedAt(db: Knex, name: CursorName): Promise<Date | null> {
  const row = await db('postlane_cursors').select('updated_at').where({ name }).first();
  return row?.updated_at ?? null;
}
