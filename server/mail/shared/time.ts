/** The moment `ms` milliseconds after another. */
export function addMs(moment: Date, ms: number): Date {
  return new Date(moment.getTime() + ms);
}
