import { expect } from 'chai';
import { aNotification, heardBy, listener, quick } from './agenda-channel-bench.ts';
import { agendaBench, aJob, until } from './agenda-support.ts';

describe('agenda on MySQL: notifications', () => {
  const bench = agendaBench();

  it('reaches its own process at once, and another one whole', async () => {
    const [here, there] = [await listener(bench), await listener(bench)];
    const [own, foreign] = [heardBy(here), heardBy(there)];
    const notification = aNotification({ source: 'me' });
    await here.notificationChannel.publish(notification);
    expect(own).to.deep.equal([notification]);
    await until(() => foreign.length > 0);
    expect(foreign).to.deep.equal([notification]);
    expect(own, 'not by the table as well').to.have.length(1);
  });

  it('wakes a worker from a process that never started a processor', async () => {
    const worker = await listener(bench);
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
    const { notificationChannel } = await listener(bench);
    await Promise.all(Array.from({ length: 500 }, () => notificationChannel.publish(aNotification())));
    await notificationChannel.disconnect();
    const [[row]] = await bench.db.raw(`SELECT COUNT(*) AS signals FROM ${bench.prefix}signals`);
    expect(Number(row.signals)).to.be.within(1, 20);
  });

  it('sees a signal that was committed after a later one', async () => {
    const there = await listener(bench);
    const heard = heardBy(there);
    const here = await listener(bench);
    // Rolled back when it fails halfway, or the next tests would wait for its locks.
    await bench.db.transaction(async slow => {
      await here.inTransaction(slow, () =>
        here.notificationChannel.publish(aNotification({ jobName: 'slow' })),
      );
      await here.notificationChannel.publish(aNotification({ jobName: 'quick' }));
      await until(() => heard.length === 1);
    });
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
    await (await listener(bench)).notificationChannel.publish(aNotification());
    await until(() => heard.length === 1);
  });

  it('publishes nothing unless connected', async () => {
    const { notificationChannel } = await bench.backend(quick);
    const states: string[] = [];
    notificationChannel.on('stateChange', state => states.push(state));
    const publish = () => notificationChannel.publish(aNotification()).catch(error => error.message);
    expect(notificationChannel.state).to.equal('disconnected');
    expect(await publish()).to.equal('Cannot publish: channel not connected');
    await notificationChannel.connect();
    expect(await publish()).to.equal(undefined);
    await notificationChannel.disconnect();
    expect(await publish()).to.match(/not connected/);
    expect(states).to.deep.equal(['connected', 'disconnected']);
  });

  it('survives a handler that fails, at once or later, and reports it', async () => {
    const backend = await listener(bench);
    const { notificationChannel } = backend;
    notificationChannel.subscribe(() => {
      throw new Error('bad handler');
    });
    notificationChannel.subscribe(async () => Promise.reject(new Error('late handler')));
    notificationChannel.subscribeState(async () => Promise.reject(new Error('state handler')));
    const heard = heardBy(backend);
    await notificationChannel.publish(aNotification());
    await notificationChannel.publishState({ ...aNotification(), type: 'start' });
    expect(heard).to.have.length(1);
    const told = () => bench.errors.map(error => error.message);
    await until(() => told().length === 3);
    expect(told()).to.deep.equal(['bad handler', 'late handler', 'state handler']);
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
