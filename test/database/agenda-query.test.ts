import { computeJobState, type JobParameters, type JobState, type JobsQueryOptions } from 'agenda';
import { expect } from 'chai';
import type { Knex } from 'knex';
import { agendaBench, aJob, present } from './agenda-support.ts';

describe('agenda on MySQL: queries', () => {
  const bench = agendaBench();
  const at = (ms: number) => new Date(Date.now() + ms);
  const justNow = at(-10); // one moment: a run that fails ends as it fails

  const inState: Record<Exclude<JobState, 'paused'>, Partial<JobParameters>> = {
    running: { lockedAt: at(0), nextRunAt: null },
    failed: { failedAt: justNow, lastFinishedAt: justNow, nextRunAt: null },
    repeating: { repeatInterval: '1 day', nextRunAt: at(3_600_000) },
    scheduled: { nextRunAt: at(3_600_000) },
    queued: { nextRunAt: at(-3_600_000) },
    completed: { nextRunAt: null, lastFinishedAt: at(-10), failedAt: at(-20) },
  };

  it('finds jobs by state, as Agenda itself computes it', async () => {
    const { repository } = await bench.backend();
    for (const [name, changes] of Object.entries(inState))
      await repository.saveJob(aJob({ name, ...changes }));
    await repository.saveJob(aJob({ name: 'idle', nextRunAt: null, repeatInterval: 0 }));
    for (const state of Object.keys(inState) as JobState[]) {
      const { jobs, total } = await repository.queryJobs({ state, limit: 10 });
      const names = state === 'completed' ? ['completed', 'idle'] : [state];
      expect(jobs.map(job => job.name).sort()).to.deep.equal(names);
      expect(total).to.equal(names.length);
      for (const job of jobs) expect(job.state).to.equal(state).and.equal(computeJobState(job));
    }
  });

  it('counts each job once in the overview, a disabled one as paused', async () => {
    const { repository } = await bench.backend();
    for (const changes of Object.values(inState)) await repository.saveJob(aJob(changes));
    await repository.saveJob(aJob({ disabled: true }));
    await repository.saveJob(aJob({ name: 'other' }));
    const one = { running: 1, failed: 1, repeating: 1, scheduled: 1, queued: 1, completed: 1, paused: 1 };
    const none = { running: 0, failed: 0, repeating: 0, scheduled: 0, completed: 0, paused: 0 };
    expect(await repository.getJobsOverview()).to.deep.equal([
      { name: 'job', total: 7, ...one },
      { name: 'other', total: 1, ...none, queued: 1 },
    ]);
    expect((await repository.queryJobs({ state: 'paused' })).total).to.equal(1);
    expect((await repository.queryJobs({ includeDisabled: false })).total).to.equal(7);
  });

  it('pages with a total, next runs first and rows without one last', async () => {
    const { repository } = await bench.backend();
    for (const [name, nextRunAt] of [
      ['never', null],
      ['late', at(2000)],
      ['later', at(3000)],
    ] as const)
      await repository.saveJob(aJob({ name, nextRunAt }));
    const all = await repository.queryJobs();
    expect(all.jobs.map(job => job.name)).to.deep.equal(['later', 'late', 'never']);
    const upwards = await repository.queryJobs({ sort: { nextRunAt: 'asc' } });
    expect(upwards.jobs.map(job => job.name)).to.deep.equal(['late', 'later', 'never']);
    const second = await repository.queryJobs({ skip: 1, limit: 1, sort: { nextRunAt: 'desc' } });
    expect(second).to.have.property('total', 3);
    expect(second.jobs.map(job => job.name)).to.deep.equal(['late']);
    expect((await repository.queryJobs({ skip: 2 })).jobs.map(job => job.name)).to.deep.equal(['never']);
    const named = await repository.queryJobs({
      sort: { name: 'asc', priority: 'desc' },
      names: ['never', 'late'],
    });
    expect(named.jobs.map(job => job.name)).to.deep.equal(['late', 'never']);
  });

  it('takes what a dashboard may hand on: numbers as text, orders and states there are none of', async () => {
    const { repository } = await bench.backend();
    for (const name of ['a', 'b', 'c']) await repository.saveJob(aJob({ name, nextRunAt: at(1) }));
    const found = async (options: object) =>
      (await repository.queryJobs({ sort: { name: 'asc' }, ...options })).jobs.map(job => job.name);
    expect(await found({ limit: '2', skip: '1' })).to.deep.equal(['b', 'c']);
    expect(await found({ limit: 1.5 })).to.deep.equal(['a']);
    expect(await found({ limit: 'all', skip: -1 })).to.deep.equal(['a', 'b', 'c']);
    for (const sort of [{ 'name; DROP TABLE x': 'asc' }, { constructor: 'asc' }, {}])
      expect(await found({ sort })).to.have.members(['a', 'b', 'c']);
    expect(await found({ state: 'asleep' })).to.deep.equal([]);
    expect(await found({ state: 'asleep', name: 'a' })).to.deep.equal([]);
  });

  it('sorts data by number where it is one, and takes the directions of Agenda 5', async () => {
    const { repository } = await bench.backend();
    for (const data of [10, 'text', 2, -3.5]) await repository.saveJob(aJob({ data }));
    const found = async (direction: unknown) => {
      const sort = { data: direction } as NonNullable<JobsQueryOptions['sort']>;
      return (await repository.queryJobs({ sort })).jobs.map(job => job.data);
    };
    for (const down of ['desc', -1]) expect(await found(down)).to.deep.equal([10, 2, -3.5, 'text']);
    for (const up of ['asc', 1]) expect(await found(up)).to.deep.equal(['text', -3.5, 2, 10]);
  });

  it('a page of a long table sorts nothing', async () => {
    const { repository } = await bench.backend();
    const jobs = Array.from({ length: 4000 }, (_, n) => aJob({ nextRunAt: n % 5 ? null : at(n) }));
    await Promise.all(jobs.map(job => repository.saveJob(job)));
    await bench.db.raw(`ANALYZE TABLE ${bench.prefix}jobs`);
    const seen: { sql: string; bindings: readonly Knex.RawBinding[] }[] = [];
    const note = (query: { sql: string; bindings: Knex.RawBinding[] }) => void seen.push(query);
    bench.db.on('query', note);
    await repository.queryJobs({ limit: 20, sort: { nextRunAt: 'desc' } });
    await repository.queryJobs({ limit: 20 });
    bench.db.removeListener('query', note);
    for (const { sql, bindings } of seen.filter(query => query.sql.includes('ORDER BY'))) {
      const [[plan]] = await bench.db.raw(`EXPLAIN FORMAT=TRADITIONAL ${sql}`, bindings);
      expect(plan).to.include({ key: `${bench.prefix}jobs_next` });
      expect(String(plan.Extra)).to.not.include('filesort');
    }
    expect(
      seen.filter(({ sql }) => sql.includes(`${bench.prefix}jobs`)),
      'ids, rows and total of both',
    ).to.have.length(6);
  });

  it('a hundred thousand finished jobs leave every page and the overview to an index', async () => {
    const { repository } = await bench.backend();
    await layFinished(100_000);
    await repository.saveJob(
      aJob({ name: 'fresh', failedAt: justNow, lastFinishedAt: justNow, nextRunAt: null }),
    );
    const table = `${bench.prefix}jobs`;
    await bench.db.raw(`ANALYZE TABLE ${table}`);
    const plans = await plansOf(async () => {
      const states: JobState[] = [
        'running',
        'failed',
        'repeating',
        'scheduled',
        'queued',
        'completed',
        'paused',
      ];
      for (const state of states) await repository.queryJobs({ state, limit: 20 });
      await repository.queryJobs({ limit: 20, skip: 50_000 });
      await repository.getJobsOverview();
    });
    expect(plans.length).to.be.at.least(20);
    // Never the whole table: either an index alone, or the rows that match and no others, or few by their ids.
    for (const { sql, type, key, extra } of plans) {
      const bounded = /Using index/.test(extra) || /LIMIT|WHERE id IN/.test(sql) || type === 'range';
      expect({ sql, key, bounded }).to.include({ bounded: true });
      expect(key, sql).to.be.oneOf([`${table}_claim`, `${table}_next`, 'PRIMARY']);
    }
    const began = Date.now();
    const { jobs, total } = await repository.queryJobs({ state: 'failed', limit: 20 });
    expect([jobs[0]?.name, total]).to.deep.equal(['fresh', 1]);
    expect(Date.now() - began, 'ms').to.be.below(5000);
  }).timeout(60_000);

  it('gives an overview that took long again, to all who ask', async () => {
    const { repository } = await bench.backend();
    await repository.saveJob(aJob());
    const plans = await plansOf(() =>
      Promise.all(Array.from({ length: 5 }, () => repository.getJobsOverview())),
    );
    expect(plans).to.have.length(1);
  });

  /** Finished one-offs of twenty names. */
  async function layFinished(count: number): Promise<void> {
    const digits = `(${Array.from('0123456789', digit => `SELECT ${digit} AS d`).join(' UNION ALL ')})`;
    const n = '(a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d)';
    await bench.db.raw(
      `INSERT INTO ${bench.prefix}jobs (id, name, type, priority, sort_priority, last_run_at, last_finished_at, data)
       SELECT CONCAT(LPAD(${n}, 8, '0'), '-0000-7000-8000-000000000000'), CONCAT('job-', ${n} % 20), 'normal', 0, 0,
         DATE_ADD('2026-01-01', INTERVAL ${n} SECOND), DATE_ADD('2026-01-01', INTERVAL ${n} SECOND), '{}'
       FROM ${digits} a, ${digits} b, ${digits} c, ${digits} e, ${digits} f WHERE ${n} < ?`,
      [count],
    );
  }

  /** How the server goes about the queries that the work makes. */
  async function plansOf(work: () => Promise<unknown>) {
    const seen: { sql: string; bindings: readonly Knex.RawBinding[] }[] = [];
    const note = (query: { sql: string; bindings: Knex.RawBinding[] }) => void seen.push(query);
    bench.db.on('query', note);
    await work();
    bench.db.removeListener('query', note);
    const plans = [];
    for (const { sql, bindings } of seen) {
      const [[plan]] = await bench.db.raw(`EXPLAIN FORMAT=TRADITIONAL ${sql}`, bindings);
      plans.push({ sql, type: String(plan.type), key: plan.key, extra: String(plan.Extra) });
    }
    return plans;
  }

  it('searches names without regard to case and takes % and _ as they are', async () => {
    const { repository } = await bench.backend();
    for (const name of ['Send Mail', 'send_50%', 'sendX50!']) await repository.saveJob(aJob({ name }));
    const found = async (search: string) =>
      (await repository.queryJobs({ search })).jobs.map(job => job.name).sort();
    expect(await found('MAIL')).to.deep.equal(['Send Mail']);
    expect(await found('D_5')).to.deep.equal(['send_50%']);
    expect(await found('50%')).to.deep.equal(['send_50%']);
    expect(await found('0!')).to.deep.equal(['sendX50!']);
    expect(await found("' OR 1=1 -- ")).to.deep.equal([]);
  });

  it('finds by id, ids and contained data', async () => {
    const { repository } = await bench.backend();
    const saved = await repository.saveJob(aJob({ data: { user: 1, deep: { a: 1, b: 2 } } }));
    const other = await repository.saveJob(aJob({ data: 'text' }));
    const count = async (options: object) => (await repository.queryJobs(options)).total;
    expect(await count({ id: present(saved._id) })).to.equal(1);
    expect(await count({ ids: [present(saved._id), present(other._id), 'ä nowhere'] })).to.equal(2);
    expect(await count({ data: { deep: { b: 2 } } })).to.equal(1);
    expect(await count({ data: 'text' })).to.equal(1);
    expect(await count({ data: { user: '1' } })).to.equal(0);
  });
});
