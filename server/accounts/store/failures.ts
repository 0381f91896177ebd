import type { Db } from '../../../db/connect.ts';
import { utc } from './utc.ts';

/** How often something failed lately, and until when it is closed for it. */
export interface Failures {
  failures: number;
  failedAt: Date;
  closedUntil: Date | null;
}

/**
 * Changes the failures of a subject as `next` says from what they were, one caller after the other. Null means: leave
 * them.
 */
export async function changeFailures(
  db: Db,
  subject: string,
  now: Date,
  next: (known: Failures) => Failures | null,
): Promise<void> {
  // The row comes first, in a statement of its own: a lock on a row that is not there would not keep others out.
  await db.raw(
    'INSERT IGNORE INTO postlane_sign_in_failures (subject, failures, failed_at) VALUES (?, 0, ?)',
    [subject, utc(now)],
  );
  await db.transaction(async trx => {
    const known: Failures | undefined = await trx('postlane_sign_in_failures')
      .select({ failures: 'failures', failedAt: 'failed_at', closedUntil: 'locked_until' })
      .where({ subject })
      .forUpdate()
      .first();
    const change = next(known ?? { failures: 0, failedAt: now, closedUntil: null });
    if (!change) return;
    await trx('postlane_sign_in_failures')
      .where({ subject })
      .update({
        failures: change.failures,
        failed_at: utc(change.failedAt),
        locked_until: change.closedUntil && utc(change.closedUntil),
      });
  });
}

/** Forgets what failed last before this moment, some at a time. */
export async function forgetFailures(db: Db, before: Date): Promise<void> {
  await db.raw('DELETE FROM postlane_sign_in_failures WHERE failed_at < ? LIMIT 200', [utc(before)]);
}
