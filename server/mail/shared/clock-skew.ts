import { databaseTime } from '../../../db/connect.ts';
import type { MailContext } from '../context.ts';

/**
 * Two processes use their own clocks for one attempt: one writes when it was handed over, the other reads
 * how long ago that is. Off by a tenth of the grace each, in opposite directions, they leave most of it.
 */
const tolerableShare = 10;

/** Warns when `clock` is not the database's, against which all processes are measured. */
export async function warnOnClockSkew({ db, log, timing }: MailContext, clock: () => Date): Promise<void> {
  const differenceMs = clock().getTime() - (await databaseTime(db)).getTime();
  if (Math.abs(differenceMs) <= timing.unknownGraceMs / tolerableShare) return;
  log.warn(
    { differenceMs },
    "this machine's clock and the database's differ: set both by NTP, or a mail whose answer was lost may go out twice",
  );
}
