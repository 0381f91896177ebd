import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { dueOrder, dueRows, staleRows } from '../../worker/agenda-mysql/claiming/claim.ts';
import { Database } from '../../worker/agenda-mysql/database/database.ts';
import { Pool } from '../../worker/agenda-mysql/database/pool.ts';
import { tablesOf } from '../../worker/agenda-mysql/database/table-names.ts';
import { toUtc } from '../../worker/agenda-mysql/database/utc.ts';
import { agendaBench, aJob, claimNext, present, until } from './agenda-support.ts';

describe('agenda on MySQL: claims', () => {
  const bench = agendaBench();
  const ago = (ms: number) => new Date(Date.now() - ms);

  /** Rows due in the past, written at once. */
  async function fill(count: number, changes: { finished?: boolean; name?: string } = {}): Promise<void> {
    const { finished = false, name = 'job' } = changes;
    const numbers = Array.from({ length: Math.min(count, 1000) }, (_, at) => at);
    for (let left = count; left > 0; left -= numbers.length) {
      await bench.db.raw(
        `INSERT INTO ${bench.prefix}jobs (id, name, type, priority, sort_priority, next_run_at, last_finished_at)
         VALUES ${numbers.map(() => "(UUID(), ?, 'normal', 0, 0, ?, ?)").join(', ')}`,
        numbers.flatMap(at => {
          const then = toUtc(ago(1000 + at));
          return finished ? [name, null, then] : [name, then, null];
        }),
      );
    }
  }

  it('takes due jobs of one name, earliest first, then the higher priority', async () => {
    const backend = await bench.backend();
    const same = ago(5000);
    for (const [nextRunAt, priority, data] of [
      [same, 5, 'third'],
      [same, 10, 'second'],
      [ago(9000), 0, 'first'],
      [new Date(Date.now() + 60_000), 20, 'not due'],
    ] as const)
      await backend.repository.saveJob(aJob({ nextRunAt, priority, data }));
    await backend.repository.saveJob(aJob({ disabled: true }));
    const taken = [];
    for (let job = await claimNext(backend); job; job = await claimNext(backend)) taken.push(job.data);
    expect(taken).to.deep.equal(['first', 'second', 'third']);
  });

  it('locks at the given moment and notes who did', async () => {
    const { repository } = await bench.backend();
    await repository.saveJob(aJob());
    const now = new Date('2030-01-01T00:00:00.123Z');
    const job = await repository.getNextJobToRun('job', now, ago(0), now, { lastModifiedBy: 'worker-1' });
    const stored = await repository.getJobById(present(job?._id));
    for (const each of [job, stored])
      expect(each).to.deep.include({ lockedAt: now, lastModifiedBy: 'worker-1' });
  });

  it('gives k callers exactly k different jobs and locks no more', async () => {
    const backend = await bench.backend();
    await fill(50);
    const jobs = await Promise.all(Array.from({ length: 20 }, () => claimNext(backend)));
    expect(new Set(jobs.map(job => job?._id)).size).to.equal(20);
    expect((await backend.repository.queryJobs({ state: 'running' })).total).to.equal(20);
    const rest = await Promise.all(Array.from({ length: 40 }, () => claimNext(backend)));
    expect(rest.filter(job => job !== undefined)).to.have.length(30);
  });

  it('never gives one job to two backends, at either isolation level', async () => {
    for (const level of ['READ COMMITTED', 'REPEATABLE READ']) {
      const pool = bench.hostPool(`SET SESSION TRANSACTION ISOLATION LEVEL ${level}`);
      const backends = [await bench.backend({ knex: pool }), await bench.backend({ knex: pool })];
      await fill(200);
      const taken: string[] = [];
      await Promise.all(
        backends.flatMap(backend =>
          Array.from({ length: 10 }, async () => {
            for (let job = await claimNext(backend); job; job = await claimNext(backend))
              taken.push(`${job._id}`);
          }),
        ),
      );
      expect(taken, level).to.have.length(200);
      expect(new Set(taken).size, level).to.equal(200);
      await bench.db.raw(`DELETE FROM ${bench.prefix}jobs`);
    }
  });

  it('keeps names apart that differ in case, accents or trailing spaces', async () => {
    const backend = await bench.backend();
    const names = ['send', 'Send', 'sénd', 'send ', ' send'];
    for (const name of names) await backend.repository.saveJob(aJob({ name }));
    for (const name of names) {
      expect(await claimNext(backend, name)).to.have.property('name', name);
      expect(await claimNext(backend, name)).to.equal(undefined);
    }
    expect(await backend.repository.removeJobs({ name: 'send' })).to.equal(1);
  });

  it('recovers a lock that is too old, also of a one-off without a next run, and no younger one', async () => {
    const backend = await bench.backend();
    const dead = await backend.repository.saveJob(aJob({ nextRunAt: null, lockedAt: ago(10_000) }));
    await backend.repository.saveJob(aJob({ nextRunAt: null, lockedAt: ago(100) }));
    expect((await claimNext(backend, 'job', { lifetime: 5000 }))?._id).to.equal(dead._id);
    expect(await claimNext(backend, 'job', { lifetime: 5000 })).to.equal(undefined);
  });

  it('recovers a stale lock beside a backlog that never ends', async () => {
    const backend = await bench.backend();
    await fill(50);
    const dead = await backend.repository.saveJob(aJob({ lockedAt: ago(10_000) }));
    const taken = new Set([(await claimNext(backend, 'job', { lifetime: 5000 }))?._id]);
    expect(taken.has(dead._id), 'stale ones first').to.equal(true);
  });

  it('answers all names of one tick with a single query', async () => {
    const backend = await bench.backend();
    let queries = 0;
    const count = () => void queries++;
    bench.db.on('query', count);
    try {
      await Promise.all(Array.from({ length: 20 }, (_, at) => claimNext(backend, `name ${at}`)));
    } finally {
      bench.db.removeListener('query', count);
    }
    expect(queries).to.equal(1);
  });

  it('starts a lone job after one transaction: a probe has told that nothing is behind it', async () => {
    const agenda = await bench.agenda(await bench.backend({ signals: false }), {
      processEvery: '10 minutes',
    });
    await agenda.now('job');
    let transactions = 0;
    let atStart: number | undefined;
    agenda.define('job', async () => {
      atStart = transactions;
    });
    const count = ({ sql }: { sql: string }) => {
      if (sql.startsWith('BEGIN')) transactions++;
    };
    bench.db.on('query', count);
    await agenda.start();
    await until(() => atStart !== undefined);
    bench.db.removeListener('query', count);
    expect(atStart).to.equal(1);
  });

  describe('cost', () => {
    const dueOrdered = () => `${dueRows(`${bench.prefix}jobs`)} ORDER BY ${dueOrder} LIMIT 3`;
    const staleOrdered = () => `${staleRows(`${bench.prefix}jobs`)} ORDER BY locked_at LIMIT 3`;

    it('both claim queries walk the claim index and sort nothing', async () => {
      await fill(2000);
      for (const sql of [dueOrdered(), staleOrdered()]) {
        const [[plan]] = await bench.db.raw(`EXPLAIN FORMAT=TRADITIONAL SELECT * ${sql}`, [
          'job',
          toUtc(new Date()),
        ]);
        expect(plan).to.include({ key: `${bench.prefix}jobs_claim`, type: 'range' });
        expect(String(plan.Extra)).to.not.match(/filesort|temporary/);
      }
    });

    it('a claim locks at most two records per job, whatever the sessions and the rows behind', async () => {
      await fill(2000);
      const tables = tablesOf(bench.prefix);
      for (const level of ['READ COMMITTED', 'REPEATABLE READ']) {
        const pool = bench.hostPool(`SET SESSION TRANSACTION ISOLATION LEVEL ${level}`);
        const locked = await new Database(pool, tables, new Pool({ knex: pool })).transaction(async trx => {
          const due = await trx.select(['id'], `${dueOrdered()} FOR UPDATE SKIP LOCKED`, [
            'job',
            toUtc(new Date()),
          ]);
          expect(due).to.have.length(3);
          return rowsLocked(trx);
        });
        expect(locked, level).to.be.within(1, 6);
      }
    });

    it('history does not make a claim look at more rows', async () => {
      await fill(20);
      const before = await rowsRead();
      await fill(20_000, { finished: true });
      expect(await rowsRead()).to.be.at.most(before + 5);
    }).timeout(60_000);
  });

  // The server refreshes this view only when nobody has read it for 100 ms.
  async function rowsLocked(trx: Database): Promise<number> {
    const sql = `SELECT trx_rows_locked FROM information_schema.innodb_trx
      WHERE trx_mysql_thread_id = CONNECTION_ID()`;
    for (;;) {
      await sleep(150);
      const [row] = await trx.rows(['locked'], sql);
      if (row) return Number(row.locked);
    }
  }

  /** How many rows one claim makes the server touch. */
  async function rowsRead(): Promise<number> {
    const session = bench.hostPool("SET time_zone = '+00:00'", { size: 1 });
    const backend = await bench.backend({ knex: session, signals: false });
    const read = async () => {
      const [rows] = await session.raw("SHOW SESSION STATUS LIKE 'Handler_read%'");
      return rows.reduce((sum: number, row: { Value: string }) => sum + Number(row.Value), 0);
    };
    const before = await read();
    present(await claimNext(backend));
    return (await read()) - before;
  }
});
