/** What the numbers of a chart are: how many, which share, how many ms. */
export type Unit = 'count' | 'share' | 'ms';

const count = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const share = new Intl.NumberFormat('en', { style: 'percent', maximumSignificantDigits: 3 });

const spans: readonly [name: string, ms: number, limit: number][] = [
  ['ms', 1, 1000],
  ['s', 1000, 120_000],
  ['min', 60_000, 120 * 60_000],
  ['h', 3_600_000, 48 * 3_600_000],
  ['d', 24 * 3_600_000, Number.POSITIVE_INFINITY],
];

/** A number for a tick or a tip; a dash where there is none. */
export function valueText(value: number | null, unit: Unit): string {
  if (value === null) return '–';
  if (unit === 'count') return count.format(value);
  if (unit === 'share') return share.format(value);
  const [name, size] = spans.find(([, , limit]) => value < limit) ?? ['ms', 1];
  return `${Math.round((value / size) * 10) / 10} ${name}`;
}
