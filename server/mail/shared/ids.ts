import { randomInt } from 'node:crypto';
import { v7 } from 'uuid';

let last = { msecs: 0, seq: 0 };

/** A new id as of a moment, by the module's clock: ids sort by their moments, and those of one moment as they were made. */
export function idAt(moment: Date): string {
  const msecs = moment.getTime();
  last = { msecs, seq: msecs === last.msecs ? (last.seq + 1) >>> 0 : randomInt(2 ** 31) };
  return v7(last);
}

/** The moment at which one of our ids was made: UUIDv7 begins with it. */
export function timeOfId(id: string): Date {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}

/** No id made at or after this moment comes before it, none made earlier comes after it. */
export function firstIdAt(moment: Date): string {
  const hex = Math.max(0, moment.getTime()).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/** One of our ids, in the form they are written; says nothing about whether it is there. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text);
}
