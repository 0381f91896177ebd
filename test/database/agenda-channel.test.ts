import { setTimeout as sleep } from 'node:timers/promises';
import { type JobNotification, type JobStateNotification, toJobId } from 'agenda';
import { expect } from 'chai';
import type { MysqlBackend } from '../../worker/agenda-mysql/index.ts';
import { agendaBench, aJob, until } from './agenda-support.ts';

describe('agenda on MySQL: notifications', () => {
  const bench = agendaBench();
  const quick = { signals: { busyMs: 10, idleMs: 20 } };

  function aNotification(changes: Partial<JobNotification> = {}): JobNotification {
    const timestamp = new Date('2026-11-21T10:00:00.500Z');
    return { jobId: toJobId('id'), jobName: 'job', nextRunAt: timestamp, priority: 3, timestamp, ...changes };
  }

  function heardBy(backend: MysqlBackend): JobNotification[] {
    const heard: JobNotification[] = [];
    backend.notificationChannel.subscribe(notification => void heard.push(notification));
    return heard;
  }

  /** A backend whose channel listens, as after agenda.start(). */
  async function listener(options = {}): Promise<MysqlBackend> {
    const backend = await bench.backend({ ...quick, ...options });
    await backend.notificationChannel.connect();
    return backend;
  }

  it('reaches its own process at once, and another one whole', async () => {
    const [here, there] = [await listener(), await listener()];
    const [own, foreign] = [heardBy(here), heardBy(there)];
    const notification = aNotification({ source: 'me' });
    await here.notificationChannel.publish(notification);
    expect(own).to.deep.equal([notification]);
    await until(() => foreign.length > 0);
    expect(foreign).to.deep.equal([notification]);
    expect(own, 'not by the table as well').to.have.length(1);
  });

  it('wakes a worker from a process that never started a processor', async () => {
    const worker = await listener();
    const runs: unknown[] = [];
    const agenda = await bench.agenda(worker, { processEvery: '10 minutes', name: 'worker' });
    agenda.define('job', async job => void runs.push(job.attrs.data));
    await agenda.start();
    const producer = await bench.agenda(await bench.backend(quick), { name: 'producer' });
    await producer.now('job', { from: 'elsewhere' });
    await until(() => runs.length === 1);
    expect(runs).to.deep.equal([{ from: 'elsewhere' }]);
  });

  it('writes one row per name and 20 ms however many jobs are saved', async () => {
    const { notificationChannel } = await listener();
    await Promise.all(Array.from({ length: 500 }, () => notificationChannel.publish(aNotification())));
    await notificationChannel.disconnect();
    const [[row]] = await bench.db.raw(`SELECT COUNT(*) AS signals FROM ${bench.prefix}signals`);
    expect(Number(row.signals)).to.be.within(1, 20);
  });

  it('sees a signal that was committed after a later one', async () => {
    const there = await listener();
    const heard = heardBy(there);
    const here = await listener();
    const slow = await bench.db.transaction();
    await here.inTransaction(slow, () =>
      here.notificationChannel.publish(aNotification({ jobName: 'slow' })),
    );
    await here.notificationChannel.publish(aNotification({ jobName: 'quick' }));
    await until(() => heard.length === 1);
    await slow.commit();
    await until(() => heard.length === 2);
    expect(heard.map(each => each.jobName)).to.deep.equal(['quick', 'slow']);
  });

  it('listens after a second try to connect as after a first', async () => {
    const there = await bench.backend(quick);
    const heard = heardBy(there);
    const table = `${bench.prefix}signals`;
    await bench.db.raw(`RENAME TABLE ${table} TO ${table}_away`);
    const failure = await there.notificationChannel.connect().catch(error => error);
    await bench.db.raw(`RENAME TABLE ${table}_away TO ${table}`);
    expect(failure).to.be.an('error');
    await there.notificationChannel.connect();
    await (await listener()).notificationChannel.publish(aNotification());
    await until(() => heard.length === 1);
  });

  it('publishes nothing unless connected', async () => {
    const { notificationChannel } = await bench.backend(quick);
    const states: string[] = [];
    notificationChannel.on('stateChange', state => states.push(state));
    const publish = () => notificationChannel.publish(aNotification()).catch(error => error.message);
    expect(notificationChannel.state).to.equal('disconnected');
    expect(await publish()).to.match(/not connected/);
    await notificationChannel.connect();
    expect(await publish()).to.equal(undefined);
    await notificationChannel.disconnect();
    expect(await publish()).to.match(/not connected/);
    expect(states).to.deep.equal(['connected', 'disconnected']);
  });

  it('carries job states, across processes when asked to', async () => {
    const timestamp = new Date('2026-11-21T10:00:00Z');
    const state: JobStateNotification = {
      type: 'retry',
      jobId: toJobId('id'),
      jobName: 'job',
      timestamp,
      retryAt: timestamp,
    };
    const [here, there] = [await listener({ sharesState: true }), await listener()];
    const heard: JobStateNotification[] = [];
    const unsubscribe = there.notificationChannel.subscribeState(each => void heard.push(each));
    here.notificationChannel.subscribeState(each => void heard.push(each));
    await here.notificationChannel.publishState(state);
    await until(() => heard.length === 2);
    expect(heard).to.deep.equal([state, state]);
    unsubscribe();
    await there.notificationChannel.publishState(state);
    expect(heard).to.have.length(2);
  });

  it("brings another process's states to who has subscribed, from that moment on", async () => {
    const [here, there] = [await listener(), await listener()];
    const states = (type: 'start' | 'complete', after = 0) =>
      here.notificationChannel.publishState({
        type,
        jobId: toJobId('id'),
        jobName: 'job',
        timestamp: new Date(Date.now() + after),
      });
    await states('start', -500);
    const heard: JobStateNotification[] = [];
    there.notificationChannel.subscribeState(each => void heard.push(each));
    await states('complete', 1); // here nobody knows yet that somebody listens
    await until(() => heard.length > 0);
    expect(heard.map(each => each.type)).to.deep.equal(['complete']);
  });

  it("emits other agendas' events as Agenda's own, marked as remote", async () => {
    const [one, two] = await Promise.all(
      ['one', 'two'].map(async name => bench.agenda(await bench.backend(quick), { name })),
    );
    const heard: unknown[] = [];
    const error = 'x'.repeat(100_000); // more than a signal can carry
    two?.on('fail:job', (reason: string, _job: unknown, remote: boolean) =>
      heard.push(reason.length, remote),
    );
    one?.define('job', async () => Promise.reject(new Error(error)));
    await Promise.all([one?.start(), two?.start()]);
    await one?.now('job');
    await until(() => heard.length > 0);
    expect(heard).to.deep.equal([2000, true]);
    expect(bench.errors).to.deep.equal([]);
  });

  it('hears at its start of a dashboard that has been watching for a while', async () => {
    const dashboard = await bench.backend(quick);
    const heard: JobStateNotification[] = [];
    dashboard.notificationChannel.subscribeState(each => void heard.push(each));
    await until(async () => (await bench.db(`${bench.prefix}signals`)).length === 1);
    const worker = await listener();
    const timestamp = new Date();
    await worker.notificationChannel.publishState({
      type: 'start',
      jobId: toJobId('id'),
      jobName: 'job',
      timestamp,
    });
    await until(() => heard.length > 0);
    expect(heard[0]).to.include({ type: 'start', jobName: 'job' });
  });

  it('asks nobody for states where they are not to be heard', async () => {
    const { notificationChannel } = await listener({ hearsStates: false });
    notificationChannel.subscribeState(() => {});
    await notificationChannel.disconnect();
    expect(await bench.db(`${bench.prefix}signals`)).to.deep.equal([]);
  });

  it('catches up with a flood of states, each of them once, and a job behind them wakes at once', async () => {
    const there = await listener();
    const jobs = heardBy(there);
    const heard: number[] = [];
    there.notificationChannel.subscribeState(({ progress }) => void heard.push(progress ?? -1));
    const here = await listener({ sharesState: true });
    const timestamp = new Date();
    const state = { type: 'progress', jobId: toJobId('id'), jobName: 'job', timestamp } as const;
    const flood = Array.from({ length: 3500 }, (_, progress) => ({ ...state, progress }));
    await Promise.all(flood.map(each => here.notificationChannel.publishState(each)));
    await here.notificationChannel.publish(aNotification());
    await until(() => jobs.length > 0);
    expect(heard).to.deep.equal(flood.map(each => each.progress));
  });

  it('shares job states while a dashboard elsewhere listens, and not before', async () => {
    const worker = await listener();
    const dashboard = await bench.backend(quick);
    const state = { type: 'start', jobId: toJobId('id'), jobName: 'job', timestamp: new Date() } as const;
    const kinds = () => bench.db(`${bench.prefix}signals`).distinct('kind').pluck('kind');
    await worker.notificationChannel.publishState(state);
    expect(await kinds()).to.deep.equal([]);
    const heard: JobStateNotification[] = [];
    const unsubscribe = dashboard.notificationChannel.subscribeState(each => void heard.push(each));
    expect(dashboard.notificationChannel.state, 'it only listens').to.equal('disconnected');
    await until(async () => {
      await worker.notificationChannel.publishState(state);
      return heard.length > 0;
    });
    expect(heard[0]).to.deep.equal(state);
    unsubscribe();
    const before = heard.length;
    await worker.notificationChannel.publishState(state);
    await sleep(60);
    expect(heard).to.have.length(before);
  });

  it('survives a handler that throws and reports it', async () => {
    const backend = await listener();
    backend.notificationChannel.subscribe(() => {
      throw new Error('bad handler');
    });
    const heard = heardBy(backend);
    await backend.notificationChannel.publish(aNotification());
    expect(heard).to.have.length(1);
    expect(bench.errors.map(error => error.message)).to.deep.equal(['bad handler']);
  });

  describe("in the caller's transaction", () => {
    it('a job exists and wakes others only when it commits', async () => {
      const backend = await listener();
      const heard = heardBy(backend);
      const agenda = await bench.agenda(backend);
      const trx = await bench.db.transaction();
      const job = await backend.inTransaction(trx, () => agenda.now('job', { n: 1 }));
      expect(await backend.repository.getJobById(`${job.attrs._id}`)).to.equal(null);
      expect(heard).to.deep.equal([]);
      await trx.commit();
      await until(() => heard.length === 1);
      expect(await backend.repository.getJobById(`${job.attrs._id}`)).to.have.property('name', 'job');
    });

    it('many jobs of one name are announced once, and again only for an earlier one', async () => {
      const backend = await bench.backend();
      const agenda = await bench.agenda(backend);
      const trx = await bench.db.transaction();
      await backend.inTransaction(trx, async () => {
        await agenda.schedule(new Date(Date.now() + 60_000), 'job', {});
        for (let n = 0; n < 5; n++) await agenda.now('job');
        await agenda.now('other');
      });
      await trx.commit();
      const names = await bench.db(`${bench.prefix}signals`).orderBy('id').pluck('payload');
      expect(names.map(payload => JSON.parse(payload).jobName)).to.deep.equal(['job', 'job', 'other']);
    });

    it('a rollback leaves nothing, of unique and single jobs neither', async () => {
      const backend = await bench.backend();
      const agenda = await bench.agenda(backend);
      const trx = await bench.db.transaction();
      await backend.inTransaction(trx, async () => {
        await agenda.now('job');
        await agenda.every('1 hour', 'hourly');
        await agenda.create('once', {}).unique({ 'data.a': 1 }).save();
        await agenda.create('once', {}).unique({ 'data.a': 1 }).save();
        expect((await agenda.queryJobs()).total).to.equal(3);
      });
      await trx.rollback();
      expect((await agenda.queryJobs()).total).to.equal(0);
    });

    it('everything is seen and done as part of it: counts, names, disabling, cancelling all', async () => {
      const backend = await bench.backend();
      const agenda = await bench.agenda(backend);
      await agenda.now('before');
      const trx = await bench.db.transaction();
      await backend.inTransaction(trx, async () => {
        await agenda.now('within');
        expect((await agenda.getJobsOverview()).map(each => each.name)).to.deep.equal(['before', 'within']);
        expect(await backend.repository.getDistinctJobNames()).to.deep.equal(['before', 'within']);
        expect(await backend.repository.getQueueSize()).to.equal(2);
        expect(await agenda.disable({ names: ['before', 'within'] })).to.equal(2);
        expect(await agenda.cancelAll()).to.equal(2);
      });
      await trx.rollback();
      expect((await agenda.queryJobs()).jobs[0]).to.include({ name: 'before', disabled: false });
    });

    it('ends with the transaction, even for code that runs on', async () => {
      const backend = await bench.backend();
      const trx = await bench.db.transaction();
      await backend.inTransaction(trx, async () => {
        await trx.commit();
        await backend.repository.saveJob(aJob());
      });
      expect((await backend.repository.queryJobs()).total).to.equal(1);
    });
  });

  it('refills a name as its jobs end, so that a lock limit does not cap it at one batch per tick', async () => {
    const backend = await bench.backend();
    const agenda = await bench.agenda(backend, {
      processEvery: '10 minutes',
      defaultLockLimit: 3,
      removeOnComplete: true,
    });
    let runs = 0;
    agenda.define('job', async () => void runs++);
    await Promise.all(Array.from({ length: 60 }, () => backend.repository.saveJob(aJob())));
    await agenda.start();
    await until(() => runs === 60);
    await until(async () => (await agenda.queryJobs()).total === 0);
  });
});
