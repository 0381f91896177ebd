import type { JobId } from 'agenda';
import { toJobId } from 'agenda';
import type { Database, Row, SqlValue } from './database.ts';
import { marks } from './rows.ts';
import { toUtc } from './utc.ts';

/** A job that was set aside because its handler kept taking the process down. */
export interface ParkedJob {
  id: JobId;
  name: string;
  /** How often a lock ran out while the handler was running. */
  expiredCount: number;
}

/**
 * Splits recovered rows into those worth another run and those to set aside: disabled, unlocked, with the
 * reason on the row. Enabling a parked job starts its count anew.
 */
export async function park(
  trx: Database,
  rows: Row[],
  { poisonAfter, lockedAt }: { poisonAfter: number | null; lockedAt: Date },
): Promise<{ sound: Row[]; parked: ParkedJob[] }> {
  const isPoison = (row: Row) => row.started === 1 && Number(row.expired_count) >= (poisonAfter ?? Infinity);
  const poison = rows.filter(isPoison);
  if (poison.length > 0) {
    const now = toUtc(lockedAt);
    // A one-off that died has no next run; enabled again, it should have one.
    await trx.write(
      `UPDATE ${trx.tables.jobs} SET disabled = 1, locked_at = NULL, started = 0, failed_at = ?, fail_reason = ?,
         next_run_at = COALESCE(next_run_at, ?), expired_count = expired_count + 1,
         lock_seq = lock_seq + 1, rev = rev + 1
       WHERE id IN (${marks(poison.length)})`,
      [
        now,
        `Parked: its lock ran out more than ${poisonAfter} times while the handler was running.`,
        now,
        ...poison.map(row => row.id as SqlValue),
      ],
    );
  }
  return { sound: rows.filter(row => !isPoison(row)), parked: poison.map(describe) };
}

function describe(row: Row): ParkedJob {
  return { id: toJobId(String(row.id)), name: String(row.name), expiredCount: Number(row.expired_count) + 1 };
}
