import type { JobParameters } from 'agenda';
import type { Database } from '../database/database.ts';
import { scheduleFields } from '../tables/fields.ts';
import { jobColumns, toJob } from '../tables/rows.ts';
import { type DebouncedSchedule, debounced } from './debounce.ts';
import { insertInto } from './inserter.ts';
import { asSaved, newRow, updateById } from './stored-job.ts';
import { uniqueKey } from './unique-key.ts';

/**
 * Saves a job that must be unique: whatever the number of savers at one moment, the UNIQUE key lets one insert
 * and the others update its row (or, with insertOnly, return it untouched).
 */
export async function saveUnique(
  db: Database,
  job: JobParameters,
  unique: Record<string, unknown>,
  lastModifiedBy: string | null,
): Promise<JobParameters> {
  const key = uniqueKey('unique', job.name, unique);
  for (;;) {
    const saved =
      (await insertNew(db, job, key, lastModifiedBy)) ?? (await updateOld(db, job, key, lastModifiedBy));
    if (saved) return saved; // else the row was removed in between
  }
}

async function insertNew(
  db: Database,
  job: JobParameters,
  key: Buffer,
  lastModifiedBy: string | null,
): Promise<JobParameters | undefined> {
  const debounce = job.uniqueOpts?.debounce;
  const first = debounce ? rescheduled(job, debounced(debounce, job.nextRunAt, new Date())) : job;
  const columns = newRow(first, lastModifiedBy).set('unique_key', key);
  // Not a plain INSERT: a duplicate error would leave a shared lock behind, and savers would deadlock on it.
  const { affectedRows } = await db.write(
    `${insertInto(db.tables.jobs, [columns])} ON DUPLICATE KEY UPDATE rev = rev + 1`,
    [...columns.values()],
  );
  return affectedRows === 1 ? asSaved(first, columns) : undefined;
}

async function updateOld(
  db: Database,
  job: JobParameters,
  key: Buffer,
  lastModifiedBy: string | null,
): Promise<JobParameters | undefined> {
  const { insertOnly, debounce } = job.uniqueOpts ?? {};
  return db.transaction(async trx => {
    const [row] = await trx.select(jobColumns, `FROM ${trx.tables.jobs} WHERE unique_key = ? FOR UPDATE`, [
      key,
    ]);
    if (!row) return undefined;
    const stored = toJob(row);
    if (insertOnly && !debounce) return stored;
    const schedule = debounce
      ? debounced(debounce, job.nextRunAt, new Date(), stored)
      : { nextRunAt: job.nextRunAt, debounceStartedAt: undefined };
    const names = scheduleFields.filter(name => name !== 'disabled' || job.disabled !== undefined);
    return updateById(trx, String(row.id), rescheduled(job, schedule), names, lastModifiedBy);
  });
}

function rescheduled(job: JobParameters, { nextRunAt, debounceStartedAt }: DebouncedSchedule): JobParameters {
  const { debounceStartedAt: _before, ...rest } = job;
  return { ...rest, nextRunAt, ...(debounceStartedAt && { debounceStartedAt }) };
}
