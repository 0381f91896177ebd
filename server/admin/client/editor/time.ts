const format = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** An instant as the time of day here. */
export function timeOf(iso: string): string {
  return format.format(new Date(iso));
}
