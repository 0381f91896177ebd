import { randomInt } from 'node:crypto';
import { v7 } from 'uuid';

let last = { msecs: 0, seq: 0 };

/** A new id as of a moment, by the module's clock: ids sort by their moments, and those of one moment as they were made. */
export function idAt(moment: Date): string {
  const msecs = moment.getTime();
  last = { msecs, seq: msecs === last.msecs ? (last.seq + 1) >>> 0 : randomInt(2 ** 31) };
  return v7(last);
}
