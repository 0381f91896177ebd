import type { JobParameters } from 'agenda';
import type { SqlValue } from '../database/database.ts';
import { fromUtc, toUtc } from '../database/utc.ts';

/** A field of a job that has a column: everything but the id and what only steers one save. */
export type FieldName = Exclude<keyof JobParameters, '_id' | 'unique' | 'uniqueOpts' | 'lastModifiedBy'>;

/** How one field of a job is kept. */
interface Field {
  column: string;
  toSql(value: unknown): SqlValue;
  fromSql(value: string | number): unknown;
}

/** Every stored field of a job and its column. An absent (undefined) field is NULL. */
export const fields: Record<FieldName, Field> = {
  name: text('name', 255),
  type: text('type', 16),
  priority: { column: 'priority', toSql: value => priorityValue(value ?? 0), fromSql: Number },
  disabled: { column: 'disabled', toSql: value => (value ? 1 : 0), fromSql: value => value === 1 },
  nextRunAt: moment('next_run_at'),
  lockedAt: moment('locked_at'),
  lastRunAt: moment('last_run_at'),
  lastFinishedAt: moment('last_finished_at'),
  failedAt: moment('failed_at'),
  failCount: number('fail_count'),
  // An error text may be of any length; a reason too long for its column must not lose the whole write.
  failReason: {
    column: 'fail_reason',
    toSql: value => (value == null ? null : reasonText(value).slice(0, 16_000)),
    fromSql: String,
  },
  progress: number('progress'),
  // A number means ms, a text a cron line or human interval: JSON keeps the two apart.
  repeatInterval: json('repeat_interval'),
  repeatTimezone: text('repeat_timezone', 64),
  repeatAt: text('repeat_at', 255),
  startDate: moment('start_date'),
  endDate: moment('end_date'),
  skipDays: json('skip_days'),
  fork: {
    column: 'fork',
    toSql: value => (value == null ? null : value ? 1 : 0),
    fromSql: value => value === 1,
  },
  debounceStartedAt: moment('debounce_started_at'),
  // Text, not a JSON column: MySQL would reorder the keys and MariaDB's driver would parse scalars itself.
  data: json('data'),
};

/** Written only by the processor; a save by the application leaves them alone unless it names them. */
export const processorFields: readonly FieldName[] = [
  'lockedAt',
  'lastRunAt',
  'lastFinishedAt',
  'failedAt',
  'failCount',
  'failReason',
  'progress',
];

/** What an application's save decides: all stored fields but the name and the processor's. */
export const scheduleFields = (Object.keys(fields) as FieldName[]).filter(
  name => name !== 'name' && !processorFields.includes(name),
);

function text(column: string, length: number): Field {
  return {
    column,
    toSql: value => (value == null ? null : within(column, String(value), length)),
    fromSql: String,
  };
}

// What is no number (a progress of 0 / 0) is left out: refused, it would cost the run its recorded end.
function number(column: string): Field {
  const toSql = (value: unknown) => (value == null || !Number.isFinite(Number(value)) ? null : Number(value));
  return { column, toSql, fromSql: Number };
}

function json(column: string): Field {
  return {
    column,
    toSql: value => JSON.stringify(value) ?? null,
    fromSql: value => JSON.parse(String(value)),
  };
}

function moment(column: string): Field {
  return {
    column,
    toSql: value => (value ? toUtc(asDate(value)) : null),
    fromSql: value => fromUtc(String(value)),
  };
}

function within(column: string, value: string, length: number): string {
  if ([...value].length > length)
    throw new RangeError(`A job's ${column} may have at most ${length} characters.`);
  return value;
}

function priorityValue(value: unknown): number {
  const priority = Number(value);
  if (!Number.isFinite(priority)) throw new RangeError("A job's priority must be a number.");
  return priority;
}

// Without TypeScript a moment may come as text or as milliseconds.
function asDate(value: unknown): Date {
  if (value instanceof Date) return value;
  return new Date(typeof value === 'number' ? value : String(value));
}

// A forked job reports its failure as a plain object.
function reasonText(reason: unknown): string {
  if (typeof reason !== 'object' || reason === null) return String(reason);
  return 'message' in reason ? String(reason.message) : JSON.stringify(reason);
}
