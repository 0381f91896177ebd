import { type JobParameters, toJobId } from 'agenda';
import type { Row, SqlValue } from '../database/database.ts';
import { type FieldName, fields } from './fields.ts';

/** The columns every job is read with. */
export const jobColumns: readonly string[] = [
  'id',
  'last_modified_by',
  'lock_seq',
  'schedule_seq',
  'started',
  'expired_count',
  ...Object.values(fields).map(field => field.column),
];

/** A job as Agenda knows it; fields that were never set are absent. */
export function toJob(row: Row): JobParameters {
  const job: Record<string, unknown> = { _id: toJobId(String(row.id)), nextRunAt: null };
  for (const [name, field] of Object.entries(fields)) {
    const value = row[field.column];
    if (value !== null && value !== undefined) job[name] = field.fromSql(value);
  }
  if (row.last_modified_by !== null) job.lastModifiedBy = row.last_modified_by;
  return job as unknown as JobParameters;
}

/** Columns and values for the named fields of a job. */
export function toColumns(job: Partial<JobParameters>, names: readonly FieldName[]): Map<string, SqlValue> {
  const columns = new Map<string, SqlValue>();
  for (const name of names) columns.set(fields[name].column, fields[name].toSql(job[name]));
  const priority = columns.get('priority');
  if (typeof priority === 'number') columns.set('sort_priority', -priority);
  return columns;
}

/** `a = ?, b = ?` for an UPDATE. */
export function assignments(columns: Map<string, SqlValue>): string {
  return [...columns.keys()].map(column => `${column} = ?`).join(', ');
}

/** `?, ?, ?` for a list of that many values. */
export function marks(count: number): string {
  return Array(count).fill('?').join(', ');
}

/**
 * An id as it may be bound: what cannot be an id of ours (the column is ASCII) matches no row. Always as text: bound
 * as a number, 1 would be equal to every id that begins with `01a`.
 */
export function idValue(id: unknown): string {
  const text = String(id ?? '');
  return /^[\w-]{1,36}$/.test(text) ? text : '';
}
