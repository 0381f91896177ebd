import { type JobParameters, toJobId } from 'agenda';
import { v7 as newId } from 'uuid';
import type { Database } from './database.ts';
import { type FieldName, fields, scheduleFields } from './fields.ts';
import { insertInto, type NewRow } from './inserter.ts';
import { assignments, idValue, jobColumns, toColumns, toJob } from './rows.ts';
import { saveUnique } from './unique.ts';
import { uniqueKey } from './unique-key.ts';

/** Stores a job: updates the one with its id, else the one it must be unique with, else inserts it. */
export async function saveJob(
  db: Database,
  job: JobParameters,
  lastModifiedBy: string | null,
  insert: (row: NewRow) => Promise<void>,
): Promise<JobParameters> {
  if (job._id) return (await updateById(db, idValue(job._id), job, givenFields(job), lastModifiedBy)) ?? job;
  if (job.type === 'single') return saveSingle(db, job, lastModifiedBy);
  if (job.unique) return saveUnique(db, job, job.unique, lastModifiedBy);
  const row = newRow(job, lastModifiedBy);
  await insert(row);
  return asSaved(job, row);
}

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

// every(): one row per name. A schedule already due elsewhere is not pulled forward, nor pushed back.
async function saveSingle(
  db: Database,
  job: JobParameters,
  lastModifiedBy: string | null,
): Promise<JobParameters> {
  const key = uniqueKey('single', job.name, {});
  const columns = newRow(job, lastModifiedBy).set('unique_key', key);
  const keepsNextRun = job.nextRunAt && job.nextRunAt <= new Date();
  const nextRunAt = keepsNextRun ? 'COALESCE(next_run_at, VALUES(next_run_at))' : 'VALUES(next_run_at)';
  const overwritten = scheduleFields
    .filter(name => name !== 'nextRunAt' && (name !== 'disabled' || job.disabled !== undefined))
    .map(name => fields[name].column);
  const updates = [...overwritten, 'sort_priority', 'last_modified_by'].map(
    name => `${name} = VALUES(${name})`,
  );
  await db.write(
    `${insertInto(db.tables.jobs, [columns])} ON DUPLICATE KEY UPDATE
       schedule_seq = schedule_seq + (NOT (next_run_at <=> ${nextRunAt})), next_run_at = ${nextRunAt},
       ${updates.join(', ')}, rev = rev + 1`,
    [...columns.values()],
    { repeatable: true },
  );
  const [row] = await db.select(jobColumns, `FROM ${db.tables.jobs} WHERE unique_key = ?`, [key]);
  return row ? toJob(row) : asSaved(job, columns);
}

// A lock is given up by who holds it, not by a save; the others of the processor's fields a save may clear by name.
const neverNull: readonly FieldName[] = ['type', 'priority', 'disabled', 'nextRunAt', 'lockedAt'];

function givenFields(job: JobParameters): FieldName[] {
  return (Object.keys(job) as FieldName[]).filter(
    name => name in fields && name !== 'name' && (job[name] !== undefined || !neverNull.includes(name)),
  );
}
