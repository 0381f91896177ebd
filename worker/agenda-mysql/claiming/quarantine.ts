import { type JobId, toJobId } from 'agenda';
import type { Database, Row, SqlValue } from '../database/database.ts';
import { toUtc } from '../database/utc.ts';
import { marks } from '../tables/rows.ts';

/** A job that was disabled because its handler kept taking the process down. */
export interface QuarantinedJob {
  id: JobId;
  name: string;
  /** How often a lock ran out while the handler was running. */
  expiredCount: number;
}

/**
 * Splits recovered rows into those worth another run and those to quarantine: disabled, unlocked, with the
 * reason on the row. Enabling a quarantined job resets its count.
 */
export async function quarantine(
  trx: Database,
  rows: Row[],
  { poisonAfter, lockedAt }: { poisonAfter: number | null; lockedAt: Date },
): Promise<{ sound: Row[]; quarantined: QuarantinedJob[] }> {
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
        `Quarantined: its lock ran out more than ${poisonAfter} times while the handler was running.`,
        now,
        ...poison.map(row => row.id as SqlValue),
      ],
    );
  }
  return { sound: rows.filter(row => !isPoison(row)), quarantined: poison.map(describe) };
}

function describe(row: Row): QuarantinedJob {
  return { id: toJobId(String(row.id)), name: String(row.name), expiredCount: Number(row.expired_count) + 1 };
}
