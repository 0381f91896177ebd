/** An hour in ms. */
export const hourMs = 3_600_000;

/** The beginning of the hour a moment is in, UTC. */
export function hourOf(moment: Date): Date {
  return new Date(Math.floor(moment.getTime() / hourMs) * hourMs);
}

/** The hours that messages with these ids belong to, each once. */
export function distinctHours(moments: readonly Date[]): Date[] {
  return [...new Set(moments.map(moment => hourOf(moment).getTime()))].map(time => new Date(time));
}
