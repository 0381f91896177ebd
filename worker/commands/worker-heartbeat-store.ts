import type { Db } from '../../db/connect.ts';
import { jobTablePrefix } from '../../db/job-tables.ts';

/**
 * When a worker last began, renewed or finished a job; null when none ever did. The jobs that hand mail over run every second or
 * two, so a worker that is alive was seen moments ago.
 */
export async function workerSeenAt(db: Db): Promise<Date | null> {
  const [[row]] = await db.raw(
    `SELECT MAX(GREATEST(COALESCE(locked_at, '1970-01-02'), COALESCE(last_run_at, '1970-01-02'),
      COALESCE(last_finished_at, '1970-01-02'))) AS at FROM ${jobTablePrefix}jobs WHERE type = 'single'`,
  );
  const at: Date | null = row.at === null ? null : new Date(row.at);
  return at && at.getUTCFullYear() > 1970 ? at : null;
}

/** A worker that was not seen for so long is down. */
export const workerPatienceMs = 60_000;
