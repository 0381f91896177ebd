import type { JobLogEntry, JobLogger, JobLogQuery, JobLogQueryResult } from 'agenda';
import { Batcher } from '../../db/batcher.ts';
import type { Database, Row, SqlValue } from './database/database.ts';
import { fromUtc, toUtc } from './database/utc.ts';
import { isIn, type Where } from './repository/criteria.ts';
import { wholeNumber } from './repository/query.ts';
import { marks } from './tables/rows.ts';

const columns = [
  'id',
  'logged_at',
  'level',
  'event',
  'job_id',
  'job_name',
  'message',
  'duration',
  'error',
  'fail_count',
  'retry_delay',
  'retry_attempt',
  'agenda_name',
  'meta',
] as const;

const hour = 3_600_000;
const defaultLimit = 50;

/** Agenda's log of job events in a table, written in batches and kept for a number of days. */
export class MysqlJobLogger implements JobLogger {
  private readonly db: Database;
  private readonly retentionDays: number | null;
  private readonly entries = new Batcher<SqlValue[]>(rows => this.insert(rows));
  private lastCleanAt = 0;

  constructor(db: Database, retentionDays: number | null) {
    this.db = db;
    this.retentionDays = retentionDays;
  }

  async log(entry: Omit<JobLogEntry, '_id'>): Promise<void> {
    await this.entries.add(toValues(entry)); // here, so that an entry that is none spoils no other's batch
  }

  async getLogs(query: JobLogQuery = {}): Promise<JobLogQueryResult> {
    const { sort = 'desc' } = query;
    const limit = query.limit === 0 ? 0 : wholeNumber(query.limit) || defaultLimit;
    const offset = wholeNumber(query.offset);
    const { conditions, bindings } = matching(query);
    const from = `FROM ${this.db.tables.logs}${conditions.length ? ` WHERE ${conditions.join(' AND ')}` : ''}`;
    const direction = sort === 'asc' ? 'ASC' : 'DESC';
    const rows = await this.db.select(
      columns,
      `${from} ORDER BY logged_at ${direction}, id ${direction} LIMIT ? OFFSET ?`,
      [...bindings, limit, offset],
    );
    const [counted] = await this.db.rows(['total'], `SELECT COUNT(*) ${from}`, bindings);
    return { entries: rows.map(toEntry), total: Number(counted?.total ?? 0) };
  }

  async clearLogs(query: JobLogQuery = {}): Promise<number> {
    const { conditions, bindings } = matching(query);
    const where = conditions.length ? ` WHERE ${conditions.join(' AND ')}` : '';
    return (await this.db.write(`DELETE FROM ${this.db.tables.logs}${where}`, bindings)).affectedRows;
  }

  /** Resolves when every entry given so far is written. */
  async idle(): Promise<void> {
    await this.entries.idle();
  }

  /** Deletes entries past their retention, in slices; returns how many. */
  async removeExpired(): Promise<number> {
    if (this.retentionDays === null) return 0;
    const before = toUtc(new Date(Date.now() - this.retentionDays * 24 * hour));
    let removed = 0;
    for (;;) {
      const sql = `DELETE FROM ${this.db.tables.logs} WHERE logged_at < ? ORDER BY logged_at LIMIT 1000`;
      const { affectedRows } = await this.db.write(sql, [before]);
      removed += affectedRows;
      if (affectedRows < 1000) return removed;
    }
  }

  private async insert(rows: SqlValue[][]): Promise<void> {
    await this.clean(); // first: what is written now stays for a while, however old its moment
    const stored = columns.slice(1);
    await this.db.write(
      `INSERT INTO ${this.db.tables.logs} (${stored.join(', ')})
       VALUES ${rows.map(() => `(${marks(stored.length)})`).join(', ')}`,
      rows.flat(),
    );
  }

  private async clean(): Promise<void> {
    if (Date.now() - this.lastCleanAt < hour) return;
    this.lastCleanAt = Date.now();
    await this.removeExpired();
  }
}

function matching({ jobId, jobName, level, event, from, to }: JobLogQuery): Where {
  const where: Where = { conditions: [], bindings: [] };
  if (jobId !== undefined) isIn(where, 'job_id', [jobId]);
  if (jobName !== undefined) isIn(where, 'job_name', [jobName]);
  if (level !== undefined) isOneOf(where, 'level', [level].flat());
  if (event !== undefined) isOneOf(where, 'event', [event].flat());
  if (from) compare(where, 'logged_at >= ?', from);
  if (to) compare(where, 'logged_at <= ?', to);
  return where;
}

function isOneOf(where: Where, column: string, values: readonly string[]): void {
  if (values.length > 0) isIn(where, column, values);
}

function compare(where: Where, condition: string, moment: Date): void {
  where.conditions.push(condition);
  where.bindings.push(toUtc(moment));
}

function toValues(entry: Omit<JobLogEntry, '_id'>): SqlValue[] {
  return [
    toUtc(entry.timestamp),
    entry.level,
    entry.event,
    entry.jobId?.slice(0, 255) ?? null,
    entry.jobName.slice(0, 255),
    entry.message.slice(0, 16_000),
    entry.duration ?? null,
    entry.error?.slice(0, 16_000) ?? null,
    entry.failCount ?? null,
    entry.retryDelay ?? null,
    entry.retryAttempt ?? null,
    entry.agendaName?.slice(0, 255) ?? null,
    entry.meta ? JSON.stringify(entry.meta) : null,
  ];
}

const optional: [key: keyof JobLogEntry, column: (typeof columns)[number]][] = [
  ['jobId', 'job_id'],
  ['duration', 'duration'],
  ['error', 'error'],
  ['failCount', 'fail_count'],
  ['retryDelay', 'retry_delay'],
  ['retryAttempt', 'retry_attempt'],
  ['agendaName', 'agenda_name'],
];

function toEntry(row: Row<(typeof columns)[number]>): JobLogEntry {
  const entry: Record<string, unknown> = {
    _id: String(row.id),
    timestamp: fromUtc(String(row.logged_at)),
    level: row.level,
    event: row.event,
    jobName: row.job_name,
    message: row.message,
  };
  for (const [key, column] of optional) if (row[column] !== null) entry[key] = row[column];
  if (row.meta !== null) entry.meta = JSON.parse(String(row.meta));
  return entry as unknown as JobLogEntry;
}
