import { type JobParameters, toJobId } from 'agenda';
import { v7 as newId } from 'uuid';
import type { Database, SqlValue } from './database.ts';
import { type FieldName, fields, processorFields, scheduleFields } from './fields.ts';
import { isDuplicate } from './retry.ts';
import { assignments, idValue, jobColumns, marks, toColumns, toJob } from './rows.ts';
import { saveUnique } from './unique.ts';
import { uniqueKey } from './unique-key.ts';

/** Stores a job: updates the one with its id, else the one it must be unique with, else inserts it. */
export async function saveJob(
  db: Database,
  job: JobParameters,
  lastModifiedBy: string | null,
): Promise<JobParameters> {
  if (job._id) return (await updateById(db, idValue(job._id), job, givenFields(job), lastModifiedBy)) ?? job;
  if (job.type === 'single') return saveSingle(db, job, lastModifiedBy);
  if (job.unique) return saveUnique(db, job, job.unique, lastModifiedBy);
  return insert(db, job, lastModifiedBy);
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
    [...(nextRunAt === undefined ? [] : [nextRunAt]), ...columns.values(), id, job.name],
  );
  if (affectedRows === 0) return undefined;
  const [row] = await db.select(jobColumns, `FROM ${db.tables.jobs} WHERE id = ?`, [id]);
  return row && toJob(row);
}

/** Columns of a new row; its id is ours, so an INSERT whose answer got lost can be repeated. */
export function newRow(job: JobParameters, lastModifiedBy: string | null): Map<string, SqlValue> {
  const columns = toColumns({ ...job, type: job.type ?? 'normal' }, Object.keys(fields) as FieldName[]);
  columns.set('id', newId());
  columns.set('last_modified_by', lastModifiedBy);
  return columns;
}

/** The INSERT of a row. */
export function insertInto(table: string, columns: Map<string, SqlValue>): string {
  return `INSERT INTO ${table} (${[...columns.keys()].join(', ')}) VALUES (${marks(columns.size)})`;
}

/** The stored job as the caller sent it, under its new id. */
export function asSaved(job: JobParameters, columns: Map<string, SqlValue>): JobParameters {
  const { unique, uniqueOpts, ...stored } = job;
  return { ...stored, disabled: job.disabled ?? false, _id: toJobId(String(columns.get('id'))) };
}

async function insert(
  db: Database,
  job: JobParameters,
  lastModifiedBy: string | null,
): Promise<JobParameters> {
  const columns = newRow(job, lastModifiedBy);
  try {
    await db.write(insertInto(db.tables.jobs, columns), [...columns.values()], { repeatable: true });
  } catch (error) {
    if (!isDuplicate(error)) throw error; // our own id: the first try went through, only its answer was lost
  }
  return asSaved(job, columns);
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
    `${insertInto(db.tables.jobs, columns)} ON DUPLICATE KEY UPDATE
       schedule_seq = schedule_seq + (NOT (next_run_at <=> ${nextRunAt})), next_run_at = ${nextRunAt},
       ${updates.join(', ')}, rev = rev + 1`,
    [...columns.values()],
    { repeatable: true },
  );
  const [row] = await db.select(jobColumns, `FROM ${db.tables.jobs} WHERE unique_key = ?`, [key]);
  return row ? toJob(row) : asSaved(job, columns);
}

const neverNull: readonly FieldName[] = ['type', 'priority', 'disabled', 'nextRunAt', ...processorFields];

function givenFields(job: JobParameters): FieldName[] {
  return (Object.keys(job) as FieldName[]).filter(
    name => name in fields && name !== 'name' && (job[name] !== undefined || !neverNull.includes(name)),
  );
}
