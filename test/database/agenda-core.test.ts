import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Agenda, backoffStrategies, type Job } from 'agenda';
import { expect } from 'chai';
import { MysqlBackend } from '../../worker/agenda-mysql/index.ts';
import { testDatabaseUrl } from '../support/database.ts';
import { agendaBench, present, until } from './agenda-support.ts';

describe('agenda on MySQL: run by Agenda itself', () => {
  const bench = agendaBench();
  const start = async (options = {}): Promise<Agenda> => bench.agenda(await bench.backend(), options);
  const jobs = async (agenda: Agenda) => (await agenda.queryJobs()).jobs;

  it('now, schedule and every run their handler with its data', async () => {
    const agenda = await start();
    const runs: unknown[] = [];
    agenda.define('job', async (job: Job<unknown>) => void runs.push(job.attrs.data));
    agenda.define('repeating', async () => void runs.push('again'));
    await agenda.start();
    await agenda.now('job', { n: 1 });
    await agenda.schedule(new Date(Date.now() + 30), 'job', { n: 2 });
    await agenda.schedule('in 1 hour', 'job', { n: 3 });
    await agenda.every(50, 'repeating');
    await until(() => runs.filter(run => run === 'again').length >= 2);
    await until(() => runs.length >= 4);
    expect(runs.filter(run => run !== 'again')).to.deep.equal([{ n: 1 }, { n: 2 }]);
    await until(async () => (await agenda.queryJobs({ name: 'job', state: 'completed' })).total === 2);
    expect((await agenda.queryJobs({ name: 'job', state: 'scheduled' })).total).to.equal(1);
  });

  it('understands the callback style and passes its error on', async () => {
    const agenda = await start();
    agenda.define('job', (_job, done) => done(new Error('by callback')));
    await agenda.start();
    await agenda.now('job');
    await until(async () => (await agenda.queryJobs({ state: 'failed' })).total === 1);
    expect((await jobs(agenda))[0]).to.include({ failReason: 'by callback', failCount: 1 });
  });

  it('every keeps one job, cancels, and keeps cron lines and constraints over a run', async () => {
    const agenda = await start();
    await agenda.every('0 3 * * *', 'nightly', { a: 1 }, { timezone: 'UTC', skipDays: [0, 6] });
    await agenda.every('0 4 * * *', 'nightly', { a: 2 }, { timezone: 'UTC', skipDays: [0, 6] });
    const [job, ...others] = await jobs(agenda);
    expect(others).to.deep.equal([]);
    expect(job).to.deep.include({
      data: { a: 2 },
      repeatInterval: '0 4 * * *',
      skipDays: [0, 6],
      type: 'single',
    });
    expect(job?.nextRunAt?.toISOString()).to.match(/T04:00:00.000Z$/);
    expect(job?.nextRunAt?.getUTCDay()).to.be.within(1, 5);
    expect(await agenda.cancel({ name: 'nightly' })).to.equal(1);
    expect(await jobs(agenda)).to.deep.equal([]);
  });

  it('keeps start, end and skipped days after the first run', async () => {
    const agenda = await start();
    agenda.define('job', async () => {});
    await agenda.start();
    const endDate = new Date(Date.now() + 3_600_000);
    await agenda.every('1 minute', 'job', undefined, { endDate });
    await until(async () => (await jobs(agenda))[0]?.lastFinishedAt !== undefined);
    expect((await jobs(agenda))[0]).to.deep.include({ endDate });
  });

  it('does not run what is disabled, until it is enabled', async () => {
    const agenda = await start();
    let runs = 0;
    agenda.define('job', async () => void runs++);
    await agenda.create('job').disable().schedule(new Date()).save();
    await agenda.start();
    await sleep(150);
    expect(runs).to.equal(0);
    expect(await agenda.enable({ name: 'job' })).to.equal(1);
    await until(() => runs === 1);
  });

  it('retries with backoff as often as told, then gives up', async () => {
    const agenda = await start();
    const attempts: number[] = [];
    const handler = async (job: Job<unknown>) => {
      attempts.push(job.attrs.failCount ?? 0);
      throw new Error('never');
    };
    agenda.define('job', handler, { backoff: backoffStrategies.constant({ delay: 20, maxRetries: 2 }) });
    const exhausted = new Promise<void>(resolve => agenda.on('retry exhausted', () => resolve()));
    await agenda.start();
    await agenda.now('job');
    await exhausted;
    await until(async () => (await agenda.queryJobs({ state: 'failed' })).total === 1);
    expect(attempts).to.deep.equal([0, 1, 2]);
    expect((await jobs(agenda))[0]).to.include({ failCount: 3, nextRunAt: null });
  });

  it('removes what is complete when told to, and only then', async () => {
    const agenda = await start();
    agenda.define('goes', async () => {}, { removeOnComplete: true });
    agenda.define('stays', async () => {});
    agenda.define('fails', async () => Promise.reject(new Error('no')), { removeOnComplete: true });
    await agenda.start();
    for (const name of ['goes', 'stays', 'fails']) await agenda.now(name);
    await until(async () => (await jobs(agenda)).filter(job => job.lastFinishedAt).length === 2);
    await until(async () => (await jobs(agenda)).length === 2);
    expect((await jobs(agenda)).map(job => job.name)).to.have.members(['stays', 'fails']);
  });

  it('debounces', async () => {
    const agenda = await start();
    const runs: unknown[] = [];
    agenda.define('job', async (job: Job<unknown>) => void runs.push(job.attrs.data));
    for (let n = 1; n <= 5; n++) await agenda.nowDebounced('job', { id: 7, n }, { 'data.id': 7 }, 100);
    await agenda.start();
    await until(() => runs.length > 0);
    expect(runs).to.deep.equal([{ id: 7, n: 5 }]);
    expect(await jobs(agenda)).to.have.length(1);
  });

  it('keeps a job alive with touch and stores its progress', async () => {
    const agenda = await start();
    let runs = 0;
    const handler = async (job: Job<unknown>) => {
      runs++;
      for (let step = 1; step <= 10; step++) {
        await sleep(150);
        await job.touch(step * 10);
      }
    };
    agenda.define('job', handler, { lockLifetime: 1200 });
    await agenda.start();
    await agenda.now('job');
    await until(async () => (await agenda.queryJobs({ state: 'completed' })).total === 1);
    expect((await jobs(agenda))[0]).to.include({ progress: 100 });
    expect(runs).to.equal(1);
  });

  it('runs a job twice when it was rescheduled while it ran', async () => {
    const agenda = await start();
    let runs = 0;
    agenda.define('job', async (job: Job<unknown>) => {
      if (++runs > 1) return;
      const [other] = await jobs(agenda);
      const { state: _, ...stored } = present(other);
      await agenda.db.saveJob({ ...stored, nextRunAt: new Date() }, undefined);
      expect(job.attrs.nextRunAt).to.equal(null);
    });
    await agenda.start();
    await agenda.now('job');
    await until(() => runs === 2);
  });

  it('stop and drain leave no lock behind, and a host pool usable', async () => {
    const backend = await bench.backend();
    const agenda = await bench.agenda(backend, { defaultConcurrency: 2, name: 'one' });
    let runs = 0;
    agenda.define('job', async () => {
      runs++;
      await sleep(20);
    });
    await Promise.all(Array.from({ length: 20 }, () => agenda.now('job')));
    await agenda.start();
    await until(() => runs >= 4);
    await agenda.drain();
    const [[row]] = await bench.db.raw(
      `SELECT COUNT(locked_at) AS locked, SUM(next_run_at IS NULL) AS done FROM ${bench.prefix}jobs`,
    );
    expect(Number(row.locked)).to.equal(0);
    expect(Number(row.done)).to.equal(runs);
    const again = await bench.agenda(await bench.backend(), { name: 'two', maxConcurrency: 20 });
    again.define('job', async () => void runs++);
    await again.start();
    await until(() => runs === 20);
    await again.stop();
    expect((await agenda.queryJobs({ state: 'running' })).total).to.equal(0);
  });

  it('records the end of a handler that outlives stop, though stop closed the pool', async () => {
    const settings = { tablePrefix: bench.prefix, ensureSchema: false };
    const backend = new MysqlBackend({ connection: testDatabaseUrl(), poolSize: 2, ...settings });
    const agenda = await bench.agenda(backend);
    let finish = () => {};
    agenda.define('job', () => new Promise<void>(resolve => (finish = resolve)));
    await agenda.start();
    await agenda.now('job');
    await once(agenda, 'start:job');
    await agenda.stop();
    expect((await jobs(agenda))[0]).to.have.property('state', 'running');
    finish();
    await once(agenda, 'complete:job');
    expect((await jobs(agenda))[0]).to.have.property('state', 'completed');
  });

  it('works again after stop and start', async () => {
    const agenda = await start();
    let runs = 0;
    agenda.define('job', async () => void runs++);
    for (let round = 1; round <= 2; round++) {
      await agenda.start();
      await agenda.now('job');
      await until(() => runs === round);
      await agenda.stop();
    }
  });

  it('runs a job in a process of its own when asked to', async () => {
    const backend = await bench.backend();
    const env = { ...process.env, TEST_DATABASE_URL: testDatabaseUrl(), PREFIX: bench.prefix };
    const path = fileURLToPath(new URL('./agenda-fork.ts', import.meta.url));
    const forkHelper = { path, options: { execArgv: ['--import', 'tsx'], env } };
    const agenda = await bench.agenda(backend, { forkHelper, defaultLockLifetime: 60_000 });
    agenda.define('forked', async () => Promise.reject(new Error('ran here')));
    await agenda.start();
    for (const fail of [false, true])
      await agenda.create('forked', { fail }).forkMode(true).schedule(new Date()).save();
    await until(async () => (await jobs(agenda)).every(job => job.lastFinishedAt), 55_000);
    const [good, bad] = await Promise.all(
      (['completed', 'failed'] as const).map(async state => (await agenda.queryJobs({ state })).jobs[0]),
    );
    expect(good?.data).to.deep.equal({ fail: false });
    expect(bad).to.deep.include({ data: { fail: true }, failReason: 'failed in the child', fork: true });
    const { entries } = await backend.logger.getLogs();
    expect(entries.map(entry => entry.message)).to.have.length(1);
    expect(entries[0]?.message)
      .to.match(/^ran in \d+$/)
      .and.not.equal(`ran in ${process.pid}`);
  }).timeout(60_000);

  it('purges only jobs nobody here defines', async () => {
    const agenda = await start();
    agenda.define('kept', async () => {});
    await agenda.schedule('in 1 hour', ['kept', 'orphan'], {});
    expect(await agenda.purge()).to.equal(1);
    expect((await jobs(agenda)).map(job => job.name)).to.deep.equal(['kept']);
    expect(await agenda.cancelAll()).to.equal(1);
  });

  it('reports its statistics', async () => {
    const agenda = await start();
    agenda.define('job', async () => {});
    await agenda.start();
    const { backend, totalQueueSizeDB } = await agenda.getRunningStats();
    expect(backend).to.deep.equal({ name: 'MySQL', hasNotificationChannel: true });
    expect(totalQueueSizeDB).to.equal(0);
  });
});
