import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { createScheduler, type MysqlBackend, type Scheduler } from '../../worker/agenda-mysql/index.ts';
import { agendaBench, aJob, until } from './agenda-support.ts';

describe('agenda on MySQL: the scheduler', () => {
  const bench = agendaBench();
  const started: Scheduler[] = [];
  const lines: { level: string; details: object; message: string }[] = [];

  const logAt = (level: string) => (details: object, message: string) =>
    void lines.push({ level, details, message });
  const log = { info: logAt('info'), warn: logAt('warn'), error: logAt('error') };
  const messages = () => lines.map(line => line.message);

  function scheduler(backend: MysqlBackend, options = {}): Scheduler {
    const made = createScheduler({
      backend,
      name: `s${started.length}`,
      log,
      processEveryMs: 50,
      ...options,
    });
    started.push(made);
    return made;
  }

  beforeEach(() => void lines.splice(0));
  afterEach(async () => {
    for (const each of started.splice(0)) await each.stop({ timeoutMs: 100 });
  });

  it('runs what is triggered and what is on a schedule', async () => {
    const backend = await bench.backend();
    const runs: unknown[] = [];
    const several = scheduler(backend);
    several.define('on demand', async ({ data }) => void runs.push(data));
    several.define('tick', async () => void runs.push('tick'), { every: '1 second' });
    several.define('nightly', async () => void runs.push('nightly'), { every: '0 3 * * *' });
    await several.start();
    await several.trigger('on demand', { n: 1 });
    await until(() => runs.filter(run => run === 'tick').length >= 2 && runs.length >= 3);
    expect(runs).to.deep.include({ n: 1 }).and.not.include('nightly');
    const { jobs } = await backend.repository.queryJobs({ name: 'nightly' });
    expect(jobs[0]).to.include({ repeatTimezone: 'UTC', repeatInterval: '0 3 * * *' });
    expect(messages()).to.deep.equal([]);
  });

  it('keeps a long handler alive, past several lock lifetimes, and runs it once', async () => {
    const backend = await bench.backend();
    let runs = 0;
    const handler = async () => {
      runs++;
      await sleep(1200);
    };
    const long = scheduler(backend);
    const other = scheduler(await bench.backend());
    for (const each of [long, other]) {
      each.define('long', handler, { lockLifetimeMs: 300 });
      await each.start();
    }
    await long.trigger('long');
    await until(async () => runs > 0 && (await backend.repository.queryJobs()).total === 0);
    expect(runs).to.equal(1);
  });

  it('aborts the signal of a handler whose lock was lost', async () => {
    const backend = await bench.backend();
    const reasons: string[] = [];
    const loser = scheduler(backend);
    const handler = async ({ signal }: { signal: AbortSignal }) => {
      await bench.db.raw(`UPDATE ${bench.prefix}jobs SET lock_seq = lock_seq + 1`);
      await until(() => signal.aborted);
      reasons.push(signal.reason.message);
    };
    loser.define('job', handler, { lockLifetimeMs: 150 });
    await loser.start();
    await loser.trigger('job');
    await until(() => reasons.length > 0);
    expect(reasons).to.deep.equal(['Another process has taken the job over.']);
    expect(messages()).to.include('job lock lost while it ran');
  });

  it('stops: aborts, waits, gives back what was not started', async () => {
    const backend = await bench.backend();
    const ended: string[] = [];
    const busy = scheduler(backend);
    let began = false;
    const handler = async ({ signal }: { signal: AbortSignal }) => {
      began = true;
      await until(() => signal.aborted);
      ended.push('orderly');
    };
    busy.define('job', handler, { concurrency: 1, lockLimit: 3 });
    await busy.start();
    for (let n = 0; n < 4; n++) await busy.trigger('job');
    await until(async () => (await backend.repository.queryJobs({ state: 'running' })).total === 3);
    await until(() => began);
    expect(await busy.stop({ timeoutMs: 60_000 })).to.deep.equal({ running: 0 });
    expect(ended).to.deep.equal(['orderly']);
    expect((await backend.repository.queryJobs({ state: 'queued' })).total).to.equal(3);
    expect(messages()).to.deep.equal([]);
  });

  it('stops in time though a handler does not', async () => {
    let release = () => {};
    const stuck = scheduler(await bench.backend());
    stuck.define('job', () => new Promise<void>(resolve => (release = resolve)));
    await stuck.start();
    await stuck.trigger('job');
    await until(async () => (await bench.db(`${bench.prefix}jobs`).where({ started: 1 })).length === 1);
    expect(await stuck.stop({ timeoutMs: 50 })).to.deep.equal({ running: 1 });
    release();
  });

  it('does not fail a finished job for a listener that throws', async () => {
    const backend = await bench.backend();
    let runs = 0;
    const heard: string[] = [];
    const careless = scheduler(backend);
    careless.define('job', async () => void runs++);
    for (const event of ['start', 'success', 'complete'] as const)
      careless.on(event, name => {
        heard.push(`${event} ${name}`);
        throw new Error('bad listener');
      });
    await careless.start();
    await careless.trigger('job');
    await until(async () => runs > 0 && (await backend.repository.queryJobs()).total === 0);
    expect(runs).to.equal(1);
    expect(heard).to.deep.equal(['start job', 'success job', 'complete job']);
    expect(messages()).to.deep.equal(Array(3).fill('job listener failed'));
  });

  it('reports a handler that fails, and tells listeners why', async () => {
    const failing = scheduler(await bench.backend());
    const heard: unknown[] = [];
    failing.define('job', async () => Promise.reject(new Error('no luck')));
    failing.on('fail', (name, error) => void heard.push([name, error instanceof Error && error.message]));
    await failing.start();
    await failing.trigger('job');
    await until(() => heard.length > 0);
    expect(heard).to.deep.equal([['job', 'no luck']]);
    expect(messages()).to.deep.equal(['job failed']);
  });

  it('restarts a processor that has lost its lock slots', async () => {
    const backend = await bench.backend();
    const runs: unknown[] = [];
    const doors: (() => void)[] = [];
    const watched = scheduler(backend, { watchdog: { everyMs: 50, patienceMs: 100 } });
    // Two slots, one runner: the second job waits locally until its lock is too old, and Agenda drops it.
    const handler = async ({ data }: { data: unknown }) => {
      runs.push(data);
      if (runs.length === 1) await new Promise<void>(resolve => doors.push(resolve));
    };
    watched.define('job', handler, { concurrency: 1, lockLimit: 2, lockLifetimeMs: 300 });
    await watched.start();
    await watched.trigger('job', 1);
    await until(() => runs.length === 1);
    await watched.trigger('job', 2);
    await until(async () => (await backend.repository.queryJobs({ state: 'running' })).total === 2);
    await sleep(400);
    doors[0]?.();
    await until(() => runs.length >= 2);
    await watched.trigger('job', 3);
    await until(() => runs.includes(3));
    await until(() => messages().includes('job processor lost lock slots; restarting it'));
  });

  it('says why it cannot start', async () => {
    const { MysqlBackend } = await import('../../worker/agenda-mysql/index.ts');
    const nowhere = new MysqlBackend({ connection: 'mysql://nobody@127.0.0.1:1/nothing' });
    const failure = await createScheduler({ backend: nowhere, name: 'x', log })
      .start()
      .catch(error => error);
    expect(failure).to.be.an('error');
    await nowhere.disconnect();
  });

  it('leaves jobs of other names alone', async () => {
    const backend = await bench.backend();
    const several = scheduler(backend);
    several.define('mine', async () => {});
    await backend.repository.saveJob(aJob({ name: 'theirs' }));
    await several.start();
    await several.trigger('mine');
    await until(async () => (await backend.repository.queryJobs()).total === 1);
    expect((await backend.repository.queryJobs()).jobs[0]).to.include({ name: 'theirs', state: 'queued' });
  });
});
