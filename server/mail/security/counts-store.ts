import type { Db } from '../../../db/connect.ts';
import type { SecurityKind } from '../shared/audit-actions.ts';
import { utc } from '../shared/time.ts';

/** What is counted together: one kind of event, from one network, in one window of time. */
export interface CountKey {
  windowStart: Date;
  kind: SecurityKind;
  /** A network; empty for the row that stands for all of them. */
  source: string;
}

/** Counts one more and returns how many that makes; null when there is no such row, which is not made then. */
export async function countAgain(db: Db, key: CountKey, now: Date): Promise<number | null> {
  const [result] = await db.raw(
    `UPDATE postlane_security_counts SET events = LAST_INSERT_ID(events + 1), seen_at = ?
     WHERE window_start = ? AND kind = ? AND source = ?`,
    [utc(now), ...valuesOf(key)],
  );
  return result.affectedRows === 0 ? null : result.insertId;
}

/** Counts one more, in a new row where there is none, and returns how many that makes. */
export async function count(db: Db, key: CountKey, now: Date): Promise<number> {
  const [result] = await db.raw(
    `INSERT INTO postlane_security_counts (window_start, kind, source, events, seen_at) VALUES (?, ?, ?, 1, ?)
     ON DUPLICATE KEY UPDATE events = LAST_INSERT_ID(events + 1), seen_at = ?`,
    [...valuesOf(key), utc(now), utc(now)],
  );
  return result.affectedRows === 1 ? 1 : result.insertId;
}

/** The audit entry that tells the count of a row; null while there is none. */
export async function auditEntryOf(db: Db, key: CountKey): Promise<string | null> {
  const row = await db('postlane_security_counts').select('audit_entry').where(whereOf(key)).first();
  return row?.audit_entry == null ? null : String(row.audit_entry);
}

/** Keeps which audit entry tells the count of a row. */
export async function keepAuditEntry(db: Db, key: CountKey, entry: string): Promise<void> {
  await db('postlane_security_counts').where(whereOf(key)).update({ audit_entry: entry });
}

/** How many events of each kind there were in the windows that have seen one since; `spared` of the row for all are not events of its own. */
export async function countsSince(
  db: Db,
  since: Date,
  spared: number,
): Promise<{ kind: SecurityKind; events: number }[]> {
  const [rows] = await db.raw(
    `SELECT kind, SUM(IF(source = '', GREATEST(CAST(events AS SIGNED) - ?, 0), events)) AS events
     FROM postlane_security_counts WHERE window_start >= ? AND seen_at >= ? GROUP BY kind`,
    [spared, utc(new Date(since.getTime() - 3_600_000)), utc(since)],
  );
  return rows.map((row: { kind: SecurityKind; events: unknown }) => ({
    kind: row.kind,
    events: Number(row.events),
  }));
}

/** Deletes the counts of windows that began before this moment, some at a time. */
export async function deleteCounts(db: Db, before: Date): Promise<void> {
  await db.raw('DELETE FROM postlane_security_counts WHERE window_start < ? LIMIT 1000', [utc(before)]);
}

function valuesOf({ windowStart, kind, source }: CountKey): [string, string, string] {
  return [utc(windowStart), kind, source];
}

function whereOf({ windowStart, kind, source }: CountKey) {
  return { window_start: utc(windowStart), kind, source };
}
