import {
  computeJobState,
  type JobsOverview,
  type JobsQueryOptions,
  type JobsResult,
  type JobsSort,
  toJobId,
} from 'agenda';
import { containsData, isIn, type Where } from './criteria.ts';
import type { Database, SqlValue } from './database.ts';
import { stateBindings, stateSql } from './job-state.ts';
import { idValue, jobColumns, toJob } from './rows.ts';
import { toUtc } from './utc.ts';

/** One page of the jobs that match, each with its state, and how many match in all. */
export async function queryJobs(db: Database, options: JobsQueryOptions = {}): Promise<JobsResult> {
  const now = new Date();
  const { conditions, bindings } = matching(options, now);
  const from = `FROM ${db.tables.jobs}${conditions.length ? ` WHERE ${conditions.join(' AND ')}` : ''}`;
  const { page, pageBindings } = paging(options);
  const rows = await db.select(jobColumns, `${from} ORDER BY ${order(options.sort)}${page}`, [
    ...bindings,
    ...pageBindings,
  ]);
  const jobs = rows.map(row => {
    const job = toJob(row);
    return { ...job, _id: toJobId(String(row.id)), state: computeJobState(job, now) };
  });
  return { jobs, total: page ? await count(db, from, bindings) : jobs.length };
}

/** Per name how many jobs are in each state; a disabled job counts as paused only. */
export async function getJobsOverview(db: Database): Promise<JobsOverview[]> {
  const now = stateBindings(toUtc(new Date()));
  const rows = await db.rows(
    ['name', 'state', 'jobs'],
    `SELECT name, IF(disabled = 1, 'paused', ${stateSql}) AS state, COUNT(*) FROM ${db.tables.jobs}
     GROUP BY name, state ORDER BY name`,
    now,
  );
  const overviews = new Map<string, JobsOverview>();
  for (const row of rows) {
    const name = String(row.name);
    const overview = overviews.get(name) ?? { ...nothing, name };
    overviews.set(name, overview);
    overview[row.state as keyof typeof nothing] += Number(row.jobs);
    overview.total += Number(row.jobs);
  }
  return [...overviews.values()];
}

const nothing = {
  total: 0,
  running: 0,
  scheduled: 0,
  queued: 0,
  completed: 0,
  failed: 0,
  repeating: 0,
  paused: 0,
};

function matching(options: JobsQueryOptions, now: Date): Where {
  const where: Where = { conditions: [], bindings: [] };
  const { name, names, id, ids, search, data, state, includeDisabled = true } = options;
  if (name) isIn(where, 'name', [name]);
  else if (names?.length) isIn(where, 'name', names);
  if (id) isIn(where, 'id', [idValue(id)]);
  else if (ids?.length) isIn(where, 'id', ids.map(idValue));
  if (search) {
    where.conditions.push("LOWER(name) LIKE LOWER(?) ESCAPE '!'");
    where.bindings.push(`%${search.replace(/[!%_]/g, '!$&')}%`);
  }
  if (data !== undefined) containsData(where, data);
  if (!includeDisabled) where.conditions.push('disabled = 0');
  if (state === 'paused') where.conditions.push('disabled = 1');
  else if (state) {
    where.conditions.push(`${stateSql} = ?`);
    where.bindings.push(...stateBindings(toUtc(now)), state);
  }
  return where;
}

function paging({ skip = 0, limit = 0 }: JobsQueryOptions): { page: string; pageBindings: SqlValue[] } {
  if (limit <= 0 && skip <= 0) return { page: '', pageBindings: [] };
  const all = '18446744073709551615'; // OFFSET needs a LIMIT
  return {
    page: ` LIMIT ${limit > 0 ? '?' : all} OFFSET ?`,
    pageBindings: [...(limit > 0 ? [limit] : []), skip],
  };
}

const sortColumns: Record<keyof JobsSort, string> = {
  nextRunAt: 'next_run_at',
  lastRunAt: 'last_run_at',
  lastFinishedAt: 'last_finished_at',
  priority: 'priority',
  name: 'name',
  data: 'data',
};

const newestFirst = 'next_run_at DESC, last_run_at DESC, id DESC'; // an index, walked backwards

// Downwards NULLs come last by themselves; upwards they have to be sent there, which costs a sort.
function order(sort: JobsSort = {}): string {
  const entries = Object.entries(sort);
  const [first] = entries;
  if (!first || (entries.length === 1 && first[0] === 'nextRunAt' && first[1] === 'desc')) return newestFirst;
  const parts = entries.map(([key, direction]) => {
    const column = sortColumns[key as keyof JobsSort];
    return direction === 'desc' ? `${column} DESC` : `${column} IS NULL, ${column}`;
  });
  return `${parts.join(', ')}, id ${entries.at(-1)?.[1] === 'desc' ? 'DESC' : 'ASC'}`;
}

async function count(db: Database, from: string, bindings: SqlValue[]): Promise<number> {
  const [row] = await db.rows(['total'], `SELECT COUNT(*) ${from}`, bindings);
  return Number(row?.total ?? 0);
}
