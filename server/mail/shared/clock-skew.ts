import type { MailContext } from '../context.ts';
import { databaseTime } from './clock-store.ts';

/**
 * Two processes decide by their own clocks about one attempt: who hands over writes when, and who searches for it reads
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
