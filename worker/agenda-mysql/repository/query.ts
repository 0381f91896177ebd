import { computeJobState, type JobsQueryOptions, type JobsResult, type JobsSort, toJobId } from 'agenda';
import type { Database, Row, SqlValue } from '../database/database.ts';
import { toUtc } from '../database/utc.ts';
import { idValue, jobColumns, toJob } from '../tables/rows.ts';
import { containsData, isIn, type Where } from './criteria.ts';
import { inState } from './job-state.ts';

/** One page of the jobs that match, each with its state, and how many match in all. */
export async function queryJobs(db: Database, options: JobsQueryOptions = {}): Promise<JobsResult> {
  const now = new Date();
  const names = await namesAsked(db, options);
  if (names?.length === 0) return { jobs: [], total: 0 };
  const skip = wholeNumber(options.skip);
  const limit = wholeNumber(options.limit);
  const isPage = limit > 0 || skip > 0;
  const query = matching(db.tables.jobs, options, names, now);
  const { sort } = options;
  const rows = isPage
    ? await readPage(db, query.page, { sort, skip, limit })
    : await readAll(db, query.page, sort);
  const jobs = rows.map(row => {
    const job = toJob(row);
    return { ...job, _id: toJobId(String(row.id)), state: computeJobState(job, now) };
  });
  return { jobs, total: isPage ? await count(db, query.count) : jobs.length };
}

/** `FROM ... WHERE ...` and what is bound to it. */
interface Query {
  from: string;
  bindings: SqlValue[];
}

// A search is answered from the names there are, which the claim index tells without reading the jobs.
async function namesAsked(
  db: Database,
  { name, names, search }: JobsQueryOptions,
): Promise<string[] | undefined> {
  const asked = name ? [name] : names?.length ? names : undefined;
  if (!search) return asked;
  const found = await db.rows(
    ['name'],
    `SELECT name FROM ${db.tables.jobs} GROUP BY name HAVING LOWER(name) LIKE LOWER(?) ESCAPE '!'`,
    [`%${String(search).replace(/[!%_]/g, '!$&')}%`],
  );
  const matches = found.map(row => String(row.name));
  return asked ? asked.filter(each => matches.includes(each)) : matches;
}

function matching(
  table: string,
  options: JobsQueryOptions,
  names: string[] | undefined,
  now: Date,
): { page: Query; count: Query } {
  const where: Where = { conditions: [], bindings: [] };
  const { id, ids, data, state, includeDisabled = true } = options;
  const filter = state && inState(state, toUtc(now));
  if (id) isIn(where, 'id', [idValue(id)]);
  else if (ids?.length) isIn(where, 'id', ids.map(idValue));
  if (names) isIn(where, 'name', names);
  if (data !== undefined) containsData(where, data);
  if (!includeDisabled) where.conditions.push('disabled = 0');
  where.conditions.push(...(filter?.conditions ?? []));
  where.bindings.push(...(filter?.bindings ?? []));
  const isNarrow = id || ids?.length || names; // then the server knows best
  if (!filter || isNarrow) {
    const query = { from: from(table, '', where.conditions), bindings: where.bindings };
    return { page: query, count: query };
  }
  const by = (index: string, conditions: string[]): Query => ({
    from: from(table, ` FORCE INDEX (${table}_${index})`, conditions),
    bindings: where.bindings,
  });
  // A range over all names: so the server tests the rest in the index before it reads a row.
  const allNames = filter.pageIndex === 'claim' ? ["name >= ''"] : [];
  return {
    page: by(filter.pageIndex, [...allNames, ...where.conditions]),
    count: by(filter.countIndex, where.conditions),
  };
}

function from(table: string, hint: string, conditions: string[]): string {
  return `FROM ${table}${hint}${conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''}`;
}

interface Page {
  sort: JobsSort | undefined;
  skip: number;
  /** 0: to the end. */
  limit: number;
}

// First the ids: rows that are skipped or filtered out are then passed over in an index, without being read.
async function readPage(
  db: Database,
  { from, bindings }: Query,
  { sort, skip, limit }: Page,
): Promise<Row[]> {
  const all = '18446744073709551615'; // OFFSET needs a LIMIT
  const page = `LIMIT ${limit > 0 ? '?' : all} OFFSET ?`;
  const found = await db.select(['id'], `${from} ORDER BY ${order(sort)} ${page}`, [
    ...bindings,
    ...(limit > 0 ? [limit] : []),
    skip,
  ]);
  if (found.length === 0) return [];
  const where: Where = { conditions: [], bindings: [] };
  isIn(
    where,
    'id',
    found.map(row => String(row.id)),
  );
  const rows = await db.select(
    jobColumns,
    `FROM ${db.tables.jobs} WHERE ${where.conditions.join()}`,
    where.bindings,
  );
  const byId = new Map(rows.map(row => [row.id, row]));
  return found.flatMap(({ id }) => {
    const row = byId.get(id);
    return row ? [row] : []; // else it has gone in between
  });
}

function readAll(db: Database, { from, bindings }: Query, sort: JobsSort | undefined): Promise<Row[]> {
  return db.select(jobColumns, `${from} ORDER BY ${order(sort)}`, bindings);
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
  const entries = Object.entries(sort).filter(([key]) => Object.hasOwn(sortColumns, key));
  const [first] = entries;
  if (!first || (entries.length === 1 && first[0] === 'nextRunAt' && isDown(first[1]))) return newestFirst;
  const parts = entries.map(([key, direction]) => {
    const column = sortColumns[key as keyof JobsSort];
    const down = isDown(direction) ? ' DESC' : '';
    const columns = key === 'data' ? [numberInData, column] : [column];
    return [...(down ? [] : [`${column} IS NULL`]), ...columns.map(each => each + down)].join(', ');
  });
  return `${parts.join(', ')}, id ${isDown(entries.at(-1)?.[1]) ? 'DESC' : 'ASC'}`;
}

// JSON that begins like a number is one; as text 10 would come before 2.
const numberInData = "CASE WHEN data REGEXP '^[-0-9]' THEN data + 0 END";

// -1 is how Agenda said it before version 6.
function isDown(direction: unknown): boolean {
  return direction === 'desc' || direction === -1;
}

/** What a dashboard hands on from an address ('20', '', 'abc') as a number that a LIMIT takes; else 0. */
export function wholeNumber(value: unknown): number {
  const number = Math.floor(Number(value ?? 0));
  return number > 0 ? Math.min(number, Number.MAX_SAFE_INTEGER) : 0;
}

async function count(db: Database, { from, bindings }: Query): Promise<number> {
  const [row] = await db.rows(['total'], `SELECT COUNT(*) ${from}`, bindings);
  return Number(row?.total ?? 0);
}
