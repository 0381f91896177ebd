import { unreadable } from '../page-error.ts';
import { isUuid } from '../uuid.ts';

/** The id that a page of the list begins behind; null for the first. */
export function readCursor(given: unknown): string | null {
  if (given === undefined || given === '') return null;
  if (typeof given === 'string' && isUuid(given)) return given;
  throw unreadable('There is no such page of this list.');
}
