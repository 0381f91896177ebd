import { setTimeout as sleep } from 'node:timers/promises';
import { type JobStateNotification, toJobId } from 'agenda';
import { expect } from 'chai';
import { aNotification, heardBy, listener, quick } from './agenda-channel-bench.ts';
import { agendaBench, until } from './agenda-support.ts';

describe('agenda on MySQL: job states', () => {
  const bench = agendaBench();

  it('cross processes when asked to', async () => {
    const timestamp = new Date('2026-11-21T10:00:00Z');
    const state: JobStateNotification = {
      type: 'retry',
      jobId: toJobId('id'),
      jobName: 'job',
      timestamp,
      retryAt: timestamp,
    };
    const [here, there] = [await listener(bench, { sharesState: true }), await listener(bench)];
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
    const [here, there] = [await listener(bench), await listener(bench)];
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
    const worker = await listener(bench);
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
    const { notificationChannel } = await listener(bench, { hearsStates: false });
    notificationChannel.subscribeState(() => {});
    await notificationChannel.disconnect();
    expect(await bench.db(`${bench.prefix}signals`)).to.deep.equal([]);
  });

  it('catches up with a flood of states, each of them once, and a job behind them wakes at once', async () => {
    const there = await listener(bench);
    const jobs = heardBy(there);
    const heard: number[] = [];
    there.notificationChannel.subscribeState(({ progress }) => void heard.push(progress ?? -1));
    const here = await listener(bench, { sharesState: true });
    const timestamp = new Date();
    const state = { type: 'progress', jobId: toJobId('id'), jobName: 'job', timestamp } as const;
    const flood = Array.from({ length: 3500 }, (_, progress) => ({ ...state, progress }));
    await Promise.all(flood.map(each => here.notificationChannel.publishState(each)));
    await here.notificationChannel.publish(aNotification());
    await until(() => jobs.length > 0);
    expect(heard).to.deep.equal(flood.map(each => each.progress));
  });

  it('shares job states while a dashboard elsewhere listens, and not before', async () => {
    const worker = await listener(bench);
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
});
