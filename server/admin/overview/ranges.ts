/** A span of time that the overview can show. */
export interface Range {
  key: string;
  label: string;
  hours: number;
  stepHours: number;
}

const day: Range = { key: '24h', label: '24 hours', hours: 24, stepHours: 1 };

/** Shortest first. */
export const ranges: readonly Range[] = [
  day,
  { key: '7d', label: '7 days', hours: 7 * 24, stepHours: 6 },
  { key: '30d', label: '30 days', hours: 30 * 24, stepHours: 24 },
];

/** The range with this key, else the last day. */
export function rangeOf(key: unknown): Range {
  return ranges.find(range => range.key === key) ?? day;
}
