import { easternDate } from '../../state/timestamps.ts';

/** Something counted at a moment. */
export interface Count {
  at: number;
  key: string;
  count: number;
}

/** Sums by Eastern day and in total; days and keys without a count are left out. */
export function daily(counts: Iterable<Count>): Record<string, unknown> {
  const days = new Map<string, Map<string, number>>();
  const totals = new Map<string, number>();
  for (const { at, key, count } of counts) {
    if (count === 0) continue;
    const date = easternDate(at);
    const day = days.get(date) ?? new Map<string, number>();
    days.set(date, day);
    day.set(key, (day.get(key) ?? 0) + count);
    totals.set(key, (totals.get(key) ?? 0) + count);
  }
  const rows = [...days].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    Days: rows.map(([date, counts]) => ({ Date: date, ...Object.fromEntries(counts) })),
    ...Object.fromEntries(totals),
  };
}
