import type { RemoveJobsOptions } from 'agenda';
import type { Database, SqlValue } from '../database/database.ts';
import type { RetryOptions } from '../database/retry.ts';
import { idValue, marks } from '../tables/rows.ts';

/** Conditions joined by AND, and what is bound to them. */
export interface Where {
  conditions: string[];
  bindings: SqlValue[];
}

/** Removes the jobs that match; none without a criterion. Returns how many. */
export async function removeJobs(
  db: Database,
  options: RemoveJobsOptions,
  retrying?: RetryOptions,
): Promise<number> {
  return change(db, options, `DELETE FROM ${db.tables.jobs}`, retrying);
}

/** Disables the jobs that match; none without a criterion. Returns how many matched. */
export async function disableJobs(db: Database, options: RemoveJobsOptions): Promise<number> {
  return change(db, options, `UPDATE ${db.tables.jobs} SET disabled = 1, rev = rev + 1`);
}

/** Enables the jobs that match, quarantined ones with a fresh count. Returns how many matched. */
export async function enableJobs(db: Database, options: RemoveJobsOptions): Promise<number> {
  return change(db, options, `UPDATE ${db.tables.jobs} SET disabled = 0, expired_count = 0, rev = rev + 1`);
}

/** Adds `column IN (...)`. As text, whatever a caller without TypeScript sends: to SQL, 0 equals every word. */
export function isIn(where: Where, column: string, values: readonly string[]): void {
  where.conditions.push(`${column} IN (${marks(values.length)})`);
  where.bindings.push(...values.map(String));
}

/** Adds "the job's data contains this". */
export function containsData(where: Where, data: unknown): void {
  where.conditions.push('JSON_CONTAINS(data, ?)');
  where.bindings.push(JSON.stringify(data));
}

async function change(
  db: Database,
  options: RemoveJobsOptions,
  statement: string,
  retrying?: RetryOptions,
): Promise<number> {
  const { conditions, bindings } = matching(options);
  if (conditions.length === 0) return 0;
  return (await db.write(`${statement} WHERE ${conditions.join(' AND ')}`, bindings, retrying)).affectedRows;
}

// id wins over ids, name over names over notNames.
function matching({ id, ids, name, names, notNames, data }: RemoveJobsOptions): Where {
  const where: Where = { conditions: [], bindings: [] };
  if (id) isIn(where, 'id', [idValue(id)]);
  else if (ids?.length) isIn(where, 'id', ids.map(idValue));
  if (name) isIn(where, 'name', [name]);
  else if (names?.length) isIn(where, 'name', names);
  else if (notNames?.length) {
    where.conditions.push(`name NOT IN (${marks(notNames.length)})`);
    where.bindings.push(...notNames.map(String));
  }
  if (data !== undefined) containsData(where, data);
  return where;
}
