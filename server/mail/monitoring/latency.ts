/** Upper ends of what hand-over times are counted by, in ms, with the column that counts up to each. */
export const latencyBounds = [
  ['within_1s', 1_000],
  ['within_5s', 5_000],
  ['within_30s', 30_000],
  ['within_2m', 120_000],
  ['within_10m', 600_000],
  ['within_1h', 3_600_000],
] as const;

/** The last of {@link latencyBounds}: what took longer counts as this, so that it means "so long or more". */
export const longestMeasuredMs = 3_600_000;

/** How many hand-overs took at most so long, by the columns of {@link latencyBounds}; `measured`: all of them. */
export type LatencyCounts = Record<(typeof latencyBounds)[number][0] | 'measured', number>;

/**
 * The time within which a share of hand-overs was done, in ms, estimated between two bounds; null when nothing was
 * measured. What took over an hour counts as an hour.
 */
export function latencyAt(share: number, counts: LatencyCounts): number | null {
  if (counts.measured === 0) return null;
  const wanted = share * counts.measured;
  let [below, from] = [0, 0];
  for (const [column, to] of latencyBounds) {
    const upTo = counts[column];
    if (upTo >= wanted && upTo > below)
      return Math.round(from + ((wanted - below) / (upTo - below)) * (to - from));
    [below, from] = [upTo, to];
  }
  return from;
}
