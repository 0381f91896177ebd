/**
 * A moment as DATETIME(3) text in UTC. Dates are bound as text, never as Date: a caller's own pool may be set to
 * another zone, and its transaction is where `send` writes.
 */
export function utc(moment: Date): string;
export function utc(moment: Date | null): string | null;
export function utc(moment: Date | null): string | null {
  return moment === null ? null : moment.toISOString().slice(0, 23).replace('T', ' ');
}
