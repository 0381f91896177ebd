/** A moment as DATETIME(3) text in UTC, as the schema keeps it. */
export function utc(moment: Date): string {
  return moment.toISOString().slice(0, 23).replace('T', ' ');
}
