import type { Db } from './connect.ts';
import { errnoOf } from './error-codes.ts';
import { migrations } from './migrations/index.ts';
import { SchemaError } from './schema-error.ts';

/** knex's table of the migrations that have run, under our own name, so that a host's history is left alone. */
export const historyTable = 'postlane_migrations';

const noSuchTable = 1146;
const noSuchColumn = 1054;

/** The migrations that have run, or null where none ever has. Throws when the table is not one of knex's. */
export async function readHistory(db: Db): Promise<string[] | null> {
  try {
    const rows: { name: string }[] = await db(historyTable).select('name').orderBy('id');
    return rows.map(({ name }) => name);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === noSuchTable) return null;
    if (errno === noSuchColumn)
      throw new SchemaError(
        `The table ${historyTable} is not Postlane's: move it away, or use another database.`,
      );
    throw error;
  }
}

/** Our migrations that a history lacks, in order. */
export function pendingIn(history: readonly string[] | null): string[] {
  const ran = new Set(history);
  return Object.keys(migrations).filter(name => !ran.has(name));
}

/**
 * Throws for a history that is somebody else's, and for one that a newer release has made unfit for this one. What a newer
 * release has only added to is no obstacle: see the rules in migrations/index.ts.
 */
export function checkHistory(history: readonly string[], known = Object.keys(migrations)): void {
  const unknown = history.filter(name => !known.includes(name));
  const foreign = unknown.find(name => !/^\d{8}_\w+$/.test(name));
  if (foreign)
    throw new SchemaError(
      `The table ${historyTable} has a migration ${foreign} that is not Postlane's: use another database.`,
    );
  const newest = known.at(-1)?.slice(0, 8) ?? '';
  const unfit = unknown.find(name => (/_after_(\d{8})$/.exec(name)?.[1] ?? '') > newest);
  if (unfit)
    throw new SchemaError(
      `A newer Postlane has taken away what this version needs (migration ${unfit}): install that version or a later one.`,
    );
}
