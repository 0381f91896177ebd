import { type JobParameters, toJobId } from 'agenda';
import { v7 as newId } from 'uuid';
import type { Database } from '../database/database.ts';
import { type FieldName, fields } from '../tables/fields.ts';
import { assignments, jobColumns, toColumns, toJob } from '../tables/rows.ts';
import type { NewRow } from './inserter.ts';

/** Updates the named fields and returns the stored job; undefined when there is none of that id and name. */
export async function updateById(
  db: Database,
  id: string,
  job: JobParameters,
  names: readonly FieldName[],
  lastModifiedBy: string | null,
): Promise<JobParameters | undefined> {
  const columns = toColumns(job, names);
  columns.set('last_modified_by', lastModifiedBy);
  const nextRunAt = columns.get('next_run_at');
  // Assigned from left to right: the count compares the old schedule with the new one.
  const count = nextRunAt === undefined ? '' : 'schedule_seq = schedule_seq + (NOT (next_run_at <=> ?)), ';
  const { affectedRows } = await db.write(
    `UPDATE ${db.tables.jobs} SET ${count}${assignments(columns)}, rev = rev + 1 WHERE id = ? AND name = ?`,
    [...(nextRunAt === undefined ? [] : [nextRunAt]), ...columns.values(), id, String(job.name)],
  );
  if (affectedRows === 0) return undefined;
  const [row] = await db.select(jobColumns, `FROM ${db.tables.jobs} WHERE id = ?`, [id]);
  return row && toJob(row);
}

/** Columns of a new row; its id is ours, so an INSERT whose answer got lost can be repeated. */
export function newRow(job: JobParameters, lastModifiedBy: string | null): NewRow {
  const columns = toColumns({ ...job, type: job.type ?? 'normal' }, Object.keys(fields) as FieldName[]);
  columns.set('id', newId());
  columns.set('last_modified_by', lastModifiedBy);
  return columns;
}

/** The stored job as the caller sent it, under its new id. */
export function asSaved(job: JobParameters, columns: NewRow): JobParameters {
  const { unique, uniqueOpts, ...stored } = job;
  return { ...stored, disabled: job.disabled ?? false, _id: toJobId(String(columns.get('id'))) };
}
