const format = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'America/New_York',
  dateStyle: 'short',
  timeStyle: 'medium',
});

/** A moment as Postmark's filters want it: US Eastern wall time, `YYYY-MM-DDTHH:MM:SS`. */
export function easternTime(moment: Date): string {
  return format.format(moment).replace(' ', 'T');
}
