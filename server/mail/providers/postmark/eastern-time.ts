const format = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'America/New_York',
  dateStyle: 'short',
  timeStyle: 'medium',
});

/**
 * What a clock in US Eastern time shows at a moment, held as if that were UTC. Readings can be compared and halved
 * without a gap, also in the hour that clocks show twice, in which a reading does not tell which of two moments it is.
 */
export function easternReading(moment: Date): Date {
  return new Date(`${format.format(moment).replace(' ', 'T')}Z`);
}

/** A reading as Postmark's filters want it: `YYYY-MM-DDTHH:MM:SS`. */
export function readingText(reading: Date): string {
  return reading.toISOString().slice(0, 19);
}
