import { connect, type Db } from '../../../db/connect.ts';
import { createTables, dropTables, MysqlBackend } from '../../../worker/agenda-mysql/index.ts';
import type { Bench } from '../bench.ts';
import type { Result } from '../report.ts';
import { median } from '../statistics.ts';

type Repository = MysqlBackend['repository'];

const finishedRows = 1_000_000;
const claims = 400;

/** The time of one claim from a table with a million finished jobs of the name, and (the pair) from one without. */
export async function measureHistory({ databaseUrl, jobs, say }: Bench): Promise<Result> {
  const finished = jobs === null ? finishedRows : jobs * 10;
  const db = connect(databaseUrl);
  try {
    say(`agenda: laying ${finished} finished jobs`);
    const long = await layTable(db, 'bench_history_', finished);
    const short = await layTable(db, 'bench_no_history_', 0);
    const times = { long: [] as number[], short: [] as number[] };
    for (let at = 0; at < claims; at += 1) {
      times.long.push(await timeClaim(long));
      times.short.push(await timeClaim(short));
    }
    return {
      part: `agenda claim beside ${finished} finished jobs`,
      ours: median(times.long),
      pair: median(times.short),
      unit: 'ms',
    };
  } finally {
    for (const prefix of ['bench_history_', 'bench_no_history_']) await dropTables(db, prefix);
    await db.destroy();
  }
}

async function layTable(db: Db, tablePrefix: string, finished: number): Promise<Repository> {
  await dropTables(db, tablePrefix);
  await createTables(db, tablePrefix);
  const table = `${tablePrefix}jobs`;
  for (let at = 0; at < finished; at += 100_000) {
    await insertFinished(db, table, at, Math.min(100_000, finished - at));
  }
  await insertDue(db, table, claims);
  await db.raw(`ANALYZE TABLE ${table}`);
  const backend = new MysqlBackend({ knex: db, tablePrefix, ensureSchema: false, signals: false });
  await backend.connect();
  return backend.repository;
}

// As Agenda leaves a one-off that has run: no next run, no lock.
function insertFinished(db: Db, table: string, from: number, count: number): Promise<unknown> {
  const digits = `(${Array.from('0123456789', digit => `SELECT ${digit} AS digit`).join(' UNION ALL ')})`;
  const number = 'a.digit + 10 * b.digit + 100 * c.digit + 1000 * d.digit + 10000 * e.digit';
  return db.raw(
    `INSERT INTO ${table} (id, name, type, priority, sort_priority, last_run_at, last_finished_at, data)
     SELECT CONCAT(LPAD(? + ${number}, 8, '0'), '-0000-7000-8000-000000000000'), 'no-op', 'normal', 0, 0,
       DATE_ADD('2026-01-01', INTERVAL ${number} SECOND), DATE_ADD('2026-01-01', INTERVAL ${number} SECOND), '{}'
     FROM ${digits} a, ${digits} b, ${digits} c, ${digits} d, ${digits} e
     WHERE ${number} < ?`,
    [from, count],
  );
}

function insertDue(db: Db, table: string, count: number): Promise<unknown> {
  const row = (at: number) => ({
    id: `due-${at}`,
    name: 'no-op',
    type: 'normal',
    priority: 0,
    sort_priority: 0,
    next_run_at: new Date(Date.UTC(2026, 0, 2) + at),
    data: '{}',
  });
  return db.batchInsert(
    table,
    Array.from({ length: count }, (_, at) => row(at)),
  );
}

async function timeClaim(repository: Repository): Promise<number> {
  const now = Date.now();
  const began = performance.now();
  const job = await repository.getNextJobToRun('no-op', new Date(now + 1000), new Date(now - 60_000));
  if (!job) throw new Error('There should have been a job to claim.');
  return performance.now() - began;
}
