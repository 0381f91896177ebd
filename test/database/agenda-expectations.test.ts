import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Agenda, type AgendaOptions, type Job, toJobId } from 'agenda';
import { expect } from 'chai';
import { agendaBench, aJob, until } from './agenda-support.ts';

/** What Agenda's documentation, and its own tests of a backend, expect of every backend. */
describe('agenda on MySQL: as with any backend', () => {
  const bench = agendaBench();
  const start = async (options: Partial<AgendaOptions> = {}): Promise<Agenda> =>
    bench.agenda(await bench.backend(), { processEvery: 100, ...options });
  const never = () => new Promise<void>(() => {});

  describe('events', () => {
    it('of a job come after its save has resolved', async () => {
      const agenda = await start();
      agenda.define('job', async () => {});
      await agenda.start();
      for (let round = 0; round < 30; round++) {
        const { attrs } = await agenda.now('job');
        const [job] = await once(agenda, round % 2 ? 'start:job' : 'complete:job');
        expect(String(job.attrs._id)).to.equal(String(attrs._id));
        if (round % 2) await once(agenda, 'complete:job');
      }
    });

    it('tell of a failure with its error and its job, by name too', async () => {
      const agenda = await start();
      const told: unknown[] = [];
      agenda.define('job', async () => {
        throw new Error('broken');
      });
      agenda.on('fail', (error: Error, job: Job) => told.push([error.message, job.attrs.name]));
      agenda.on('fail:job', (error: Error, job: Job) => told.push([error.message, job.attrs.failCount]));
      await agenda.start();
      await agenda.now('job');
      await until(() => told.length === 2);
      expect(told).to.have.deep.members([
        ['broken', 'job'],
        ['broken', 1],
      ]);
    });
  });

  describe('a failed job', () => {
    it('rests unless it is scheduled again', async () => {
      const agenda = await start();
      let runs = 0;
      agenda.define('job', async () => {
        runs++;
        throw new Error('broken');
      });
      await agenda.start();
      await agenda.now('job');
      await once(agenda, 'complete:job');
      await sleep(400); // several ticks
      expect(runs).to.equal(1);
      const { jobs } = await agenda.queryJobs();
      expect(jobs[0]).to.include({ state: 'failed', nextRunAt: null, failReason: 'broken' });
    });

    it('runs again when its listener says so, whether it saves the job or not', async () => {
      const agenda = await start();
      const runs: string[] = [];
      for (const name of ['saved', 'set']) {
        agenda.define(name, async () => {
          runs.push(name);
          if (runs.filter(run => run === name).length < 3) throw new Error('not yet');
        });
      }
      agenda.on('fail:saved', (_error: Error, job: Job) => void job.schedule('now').save());
      agenda.on('fail:set', (_error: Error, job: Job) => {
        job.attrs.nextRunAt = new Date();
      });
      await agenda.start();
      await agenda.now('saved');
      await agenda.now('set');
      await until(() => runs.length === 6);
      await until(async () => (await agenda.queryJobs({ state: 'completed' })).total === 2);
      expect(bench.errors).to.deep.equal([]);
    });
  });

  describe('limits', () => {
    const options = { processEvery: 50 };
    const locked = async (agenda: Agenda) => {
      await sleep(400); // what would be taken too much would be by now
      return (await agenda.getRunningStats()).lockedJobs;
    };

    it('of all locks hold across names', async () => {
      const agenda = await start({ ...options, lockLimit: 1 });
      for (const name of ['a', 'b', 'c']) agenda.define(name, never);
      await agenda.start();
      await Promise.all(['a', 'b', 'c', 'a'].map(name => agenda.now(name)));
      expect(await locked(agenda)).to.equal(1);
      await until(async () => (await agenda.queryJobs({ state: 'running' })).total === 1);
    });

    it("of a name's locks hold, for jobs due later too", async () => {
      const agenda = await start(options);
      agenda.define('job', never, { lockLimit: 1 });
      await agenda.start();
      await Promise.all([1, 2, 3].map(n => agenda.schedule(new Date(Date.now() + n * 50), 'job')));
      expect(await locked(agenda)).to.equal(1);
    });

    it('of concurrency hold, in all and by name', async () => {
      const agenda = await start({ maxConcurrency: 3 });
      const running = new Map<string, number>();
      let most = 0;
      let mostSolo = 0;
      let ended = 0;
      const work = (name: string) => async () => {
        running.set(name, (running.get(name) ?? 0) + 1);
        most = Math.max(
          most,
          [...running.values()].reduce((sum, each) => sum + each, 0),
        );
        mostSolo = Math.max(mostSolo, running.get('solo') ?? 0);
        await sleep(20);
        running.set(name, (running.get(name) ?? 0) - 1);
        ended++;
      };
      agenda.define('solo', work('solo'), { concurrency: 1 });
      agenda.define('many', work('many'));
      await agenda.start();
      await Promise.all(Array.from({ length: 20 }, (_, n) => agenda.now(n % 4 ? 'many' : 'solo')));
      await until(() => ended === 20);
      expect(most).to.be.within(2, 3);
      expect(mostSolo).to.equal(1);
    });

    // 150 locks for 200 places: which name has how many of them is a matter of chance, within limits.
    for (const when of ['before', 'while'] as const) {
      it(`are filled up, with jobs saved ${when} it starts`, async () => {
        const agenda = await start({
          maxConcurrency: 300,
          lockLimit: 150,
          defaultLockLimit: 20,
          defaultConcurrency: 10,
        });
        const names = Array.from({ length: 10 }, (_, n) => `job ${n}`);
        for (const name of names) agenda.define(name, never);
        const saves = Promise.all(names.flatMap(name => Array.from({ length: 25 }, () => agenda.now(name))));
        if (when === 'before') await saves;
        await agenda.start();
        await until(async () => Number((await agenda.getRunningStats()).runningJobs) >= 90);
        await saves;
      });
    }
  });

  it('starts what is due at one moment by priority', async () => {
    const agenda = await start({ maxConcurrency: 1 });
    const order: number[] = [];
    agenda.define('job', async job => void order.push(Number(job.attrs.priority)));
    const nextRunAt = new Date(Date.now() - 1000);
    const { repository } = await bench.backend();
    for (const priority of [-10, 10, 0]) await repository.saveJob(aJob({ priority, nextRunAt }));
    await agenda.start();
    await until(() => order.length === 3);
    expect(order).to.deep.equal([10, 0, -10]);
  });

  it('runs a job on demand, without a processor', async () => {
    const agenda = await start();
    const seen: unknown[] = [];
    agenda.define('job', async job => void seen.push(job.attrs.data));
    const job = await agenda.create('job', { a: 1 }).save();
    await job.run();
    expect(seen).to.deep.equal([{ a: 1 }]);
    const { jobs } = await agenda.queryJobs({ name: 'job' });
    expect(jobs[0]).to.have.property('lastFinishedAt').that.is.instanceOf(Date);
    await job.remove();
    expect((await agenda.queryJobs()).total).to.equal(0);
  });

  it('reports a job that outlives its lock, and no rejection goes astray', async () => {
    const agenda = await start();
    agenda.define('job', () => sleep(500), { lockLifetime: 100 });
    await agenda.start();
    await agenda.now('job');
    await until(() => bench.errors.length > 0);
    await sleep(600);
    expect(bench.errors[0]?.message).to.match(/took more than 100ms/);
  });

  it('skips the first run of an interval when told to, and takes several names', async () => {
    const agenda = await start();
    const later = await agenda.every(
      '5 minutes',
      'later',
      {},
      { skipImmediate: true, timezone: 'Asia/Tokyo' },
    );
    expect(later.attrs.nextRunAt?.getTime()).to.be.above(Date.now() + 240_000);
    const both = await agenda.every('5 minutes', ['one', 'two']);
    expect(both.map(job => job.attrs.name)).to.have.members(['one', 'two']);
    expect((await agenda.queryJobs()).total).to.equal(3);
    const [stored] = (await agenda.queryJobs({ name: 'later' })).jobs;
    expect(stored).to.include({ repeatInterval: '5 minutes', repeatTimezone: 'Asia/Tokyo' });
  });

  it('runs cron lines with seconds', async () => {
    const agenda = await start();
    let runs = 0;
    agenda.define('job', async () => void runs++);
    await agenda.every('* * * * * *', 'job');
    await agenda.start();
    await until(() => runs >= 2);
  });

  describe('the notification channel', () => {
    it('tells each subscriber once, however quick it is, and none that has left', async () => {
      const { notificationChannel: channel } = await bench.backend();
      await channel.connect();
      const heard: string[][] = [[], []];
      const [leave] = heard.map(names => channel.subscribe(({ jobName }) => void names.push(jobName)));
      const publish = (jobName: string) =>
        channel.publish({
          jobId: toJobId('id'),
          jobName,
          nextRunAt: null,
          priority: 42,
          timestamp: new Date(),
        });
      for (let n = 0; n < 5; n++) await publish(`job ${n}`);
      leave?.();
      await publish('last');
      await sleep(50);
      const five = [0, 1, 2, 3, 4].map(n => `job ${n}`);
      expect(heard).to.deep.equal([five, [...five, 'last']]);
    });

    it('is connected from start to stop', async () => {
      const backend = await bench.backend();
      const agenda = await bench.agenda(backend);
      const { notificationChannel: channel } = backend;
      for (let round = 0; round < 2; round++) {
        expect(channel.state).to.equal('disconnected');
        await agenda.start();
        expect(channel.state).to.equal('connected');
        await agenda.stop();
      }
      expect(channel.state).to.equal('disconnected');
    });
  });
});
