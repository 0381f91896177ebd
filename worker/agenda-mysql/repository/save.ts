import type { JobParameters } from 'agenda';
import type { Database } from '../database/database.ts';
import { type FieldName, fields, scheduleFields } from '../tables/fields.ts';
import { idValue, jobColumns, toJob } from '../tables/rows.ts';
import { insertInto, type NewRow } from './inserter.ts';
import { asSaved, newRow, updateById } from './stored-job.ts';
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

// A save never clears a lock; the other fields of the processor it may clear by name.
const neverNull: readonly FieldName[] = ['type', 'priority', 'disabled', 'nextRunAt', 'lockedAt'];

function givenFields(job: JobParameters): FieldName[] {
  return (Object.keys(job) as FieldName[]).filter(
    name => name in fields && name !== 'name' && (job[name] !== undefined || !neverNull.includes(name)),
  );
}
