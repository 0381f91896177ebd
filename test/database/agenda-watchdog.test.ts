import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { createScheduler, type MysqlBackend } from '../../worker/agenda-mysql/index.ts';
import { agendaBench, until } from './agenda-support.ts';

describe('agenda on MySQL: the watchdog over lock slots', () => {
  const bench = agendaBench();

  /** Runs a job three times a second; how often it was asked for the size of the queue, and what was logged. */
  async function watched(backend: MysqlBackend, handler: () => Promise<void>) {
    const lines: string[] = [];
    const note = (_details: object, message: string) => void lines.push(message);
    const scheduler = createScheduler({
      backend,
      name: 'watched',
      log: { info: note, warn: note, error: note },
      processEveryMs: 1000, // fetched long before it is due, so it waits in the local queue
      watchdog: { everyMs: 50, patienceMs: 0 },
    });
    scheduler.define('job', handler, { every: '300' });
    await scheduler.start();
    return { lines, stop: () => scheduler.stop() };
  }

  it('restarts until it has succeeded', async () => {
    const backend = await bench.backend();
    const { repository, notificationChannel } = backend;
    const connect = notificationChannel.connect.bind(notificationChannel);
    let [runs, refusals] = [0, 0];
    const { lines, stop } = await watched(backend, async () => void runs++);
    await until(() => runs > 0);
    notificationChannel.connect = async () => {
      if (++refusals <= 2) throw new Error('The database is away.');
      await connect();
    };
    const getNextJobToRun = repository.getNextJobToRun.bind(repository);
    repository.getNextJobToRun = async (...asked) => {
      const job = await getNextJobToRun(...asked);
      if (!job) return job;
      repository.getNextJobToRun = getNextJobToRun;
      return { ...job, lockedAt: new Date(0) }; // too old when Agenda looks at it, which loses the slot
    };
    await until(() => refusals > 2);
    const before = runs;
    await until(() => runs > before);
    expect(lines).to.deep.equal([
      'job processor lost lock slots; restarting it',
      'job processor not restarted; trying again',
      'job processor not restarted; trying again',
    ]);
    await stop();
  });

  it('does not take a job for lost that begins while it looks', async () => {
    const backend = await bench.backend();
    let [runs, looks] = [0, 0];
    // Agenda counts its slots, asks for this, and lists its jobs: here the job begins in between.
    backend.repository.getQueueSize = async () => {
      const before = runs;
      while (runs === before) await turn();
      looks++;
      return 0;
    };
    const { lines, stop } = await watched(backend, async () => {
      runs++;
      await turn();
      await turn();
    });
    await until(() => looks >= 2);
    expect(lines).to.deep.equal([]);
    await stop();
  });
});
