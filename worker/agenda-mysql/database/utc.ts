// Moments travel as UTC text both ways: the driver's zone is set by the code that created the pool, and DATETIME
// knows no session zone, so the same instant comes back whatever the zone of process, pool or server.

const earliest = Date.UTC(1000, 0, 1);
const latest = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** A moment as DATETIME(3) text in UTC; beyond the column's range it becomes the nearest storable moment. */
export function toUtc(moment: Date): string {
  const time = moment.getTime();
  if (Number.isNaN(time)) throw new RangeError('A job was given an invalid date.');
  const storable = new Date(Math.min(Math.max(time, earliest), latest));
  return storable.toISOString().replace('T', ' ').slice(0, 23);
}

/** The moment behind DATETIME(3) text written by {@link toUtc}. */
export function fromUtc(text: string): Date {
  return new Date(`${text.replace(' ', 'T')}Z`);
}
