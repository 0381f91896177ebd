import { columns, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type { SignInFailuresRow } from '../../../db/rows.ts';

const stored = columns<SignInFailuresRow>()('postlane_sign_in_failures', [
  'failures',
  'failedAt',
  'lockedUntil',
]);

/** How often something failed, and until when it is locked for it. */
export type Failures = Selected<typeof stored>;

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
    [subject, now],
  );
  await db.transaction(async trx => {
    const known: Failures | undefined = await trx('postlane_sign_in_failures')
      .select(stored.aliases)
      .where({ subject })
      .forUpdate()
      .first();
    const change = next(known ?? { failures: 0, failedAt: now, lockedUntil: null });
    if (!change) return;
    await trx('postlane_sign_in_failures').where({ subject }).update({
      failures: change.failures,
      failed_at: change.failedAt,
      locked_until: change.lockedUntil,
    });
  });
}

/** Deletes what failed last before this moment, some at a time. */
export async function deleteFailures(db: Db, before: Date): Promise<void> {
  await db.raw('DELETE FROM postlane_sign_in_failures WHERE failed_at < ? LIMIT 200', [before]);
}
