import type { JobParameters } from 'agenda';
import { expect } from 'chai';
import { ClaimBatcher } from '../../worker/agenda-mysql/claiming/claim-batcher.ts';
import { createScheduler, type MysqlBackend, type Scheduler } from '../../worker/agenda-mysql/index.ts';
import { agendaBench, aJob, until } from './agenda-support.ts';

describe('agenda on MySQL: no handler is called once a stop has begun', () => {
  const bench = agendaBench();
  const lines: string[] = [];
  const note = (_details: object, message: string) => void lines.push(message);
  const log = { info: note, warn: note, error: note };

  beforeEach(() => void lines.splice(0));

  function scheduler(backend: MysqlBackend, options = {}): Scheduler {
    return createScheduler({ backend, name: 'stopping', log, processEveryMs: 50, ...options });
  }

  const unlocked = async (backend: MysqlBackend): Promise<JobParameters[]> =>
    (await backend.repository.queryJobs()).jobs.filter(job => !job.lockedAt);

  /** What the first start writes waits behind, once it is written. */
  function holdStarts(backend: MysqlBackend) {
    const { repository } = backend;
    const saveJobState = repository.saveJobState.bind(repository);
    const gate = door<void>();
    const reached = door<void>();
    repository.saveJobState = async (job, options) => {
      await saveJobState(job, options);
      if (!job.lockedAt) return;
      reached.open();
      await gate.opened;
    };
    return { reached: reached.opened, open: gate.open };
  }

  for (const { kind, changes } of [
    { kind: 'a one-off', changes: {} },
    { kind: 'a job on a schedule', changes: { repeatInterval: '1 hour' } },
  ]) {
    it(`gives back ${kind} that was just being marked as started`, async () => {
      const backend = await bench.backend();
      const starts = holdStarts(backend);
      const stopping = scheduler(backend);
      let runs = 0;
      stopping.define('job', async () => void runs++);
      const saved = await backend.repository.saveJob(aJob(changes));
      await stopping.start();
      await starts.reached;
      const stopped = stopping.stop({ timeoutMs: 60_000 });
      starts.open();
      expect(await stopped).to.deep.equal({ running: 0 });
      expect(runs).to.equal(0);
      const [job, ...others] = await unlocked(backend);
      expect(others).to.deep.equal([]);
      expect(job).to.deep.include({ _id: saved._id, nextRunAt: saved.nextRunAt });
      expect(job).to.not.have.any.keys('failCount', 'failReason');
      expect(lines).to.deep.equal([]);
    });
  }

  it('even when a listener of the start stops it', async () => {
    const backend = await bench.backend();
    const stopping = scheduler(backend);
    const stopped = door<unknown>();
    let runs = 0;
    stopping.define('job', async () => void runs++);
    stopping.on('start', () => stopped.open(stopping.stop()));
    await backend.repository.saveJob(aJob());
    await stopping.start();
    expect(await stopped.opened).to.deep.equal({ running: 0 });
    expect(runs).to.equal(0);
    expect(await unlocked(backend)).to.have.length(1);
    expect(lines).to.deep.equal([]);
  });

  it('lets another process run what was given back', async () => {
    const backend = await bench.backend();
    const starts = holdStarts(backend);
    const ran: string[] = [];
    const [stopping, other] = [scheduler(backend), scheduler(await bench.backend(), { name: 'other' })];
    for (const [name, each] of Object.entries({ stopping, other })) {
      each.define('job', async () => void ran.push(name));
    }
    await backend.repository.saveJob(aJob());
    await stopping.start();
    await starts.reached;
    const stopped = stopping.stop();
    starts.open();
    await stopped;
    await other.start();
    await until(async () => (await backend.repository.queryJobs()).total === 0);
    expect(ran).to.deep.equal(['other']);
    await other.stop();
  });

  it('hands out nothing that a claim returns while others are still under way', async () => {
    const claims = new Map<string, Door<JobParameters[]>>();
    const batcher = new ClaimBatcher({
      capacity: (_name, callers) => callers,
      probe: async () => ({ due: true, stale: false, isMore: true }),
      claim: ({ name }) => {
        const claim = door<JobParameters[]>();
        claims.set(name, claim);
        return claim.opened;
      },
    });
    const next = (name: string) =>
      batcher.next({
        name,
        nextScanAt: new Date(),
        lockDeadline: new Date(0),
        lockedAt: undefined,
        lastModifiedBy: null,
      });
    const answers = Promise.all([next('quick'), next('slow')]);
    await until(() => claims.size === 2);
    let isIdle = false;
    const paused = batcher.whilePaused(async () => {
      isIdle = true;
    });
    const quick = next('quick'); // waits behind the claim that is under way
    claims.get('quick')?.open([aJob({ name: 'quick' })]);
    expect(await quick).to.equal(undefined);
    expect(isIdle).to.equal(false);
    claims.get('slow')?.open([aJob({ name: 'slow' })]);
    await paused;
    expect(await answers).to.deep.equal([undefined, undefined]);
    expect(isIdle).to.equal(true);
  });

  it('does not start again when the watchdog was just restarting it, and waits for older handlers', async () => {
    const backend = await bench.backend();
    const { notificationChannel: channel } = backend;
    const stopping = scheduler(backend, { watchdog: { everyMs: 20, patienceMs: 40 } });
    const handler = door<void>();
    const runs: string[] = [];
    stopping.define('long', async () => {
      runs.push('long');
      await handler.opened;
    });
    stopping.define('job', async () => void runs.push('job'));
    const disconnecting = door<void>();
    const gate = door<void>();
    const disconnect = channel.disconnect.bind(channel);
    await stopping.start();
    await stopping.trigger('long');
    await until(() => runs.length === 1);
    loseNextSlot(backend);
    channel.disconnect = async () => {
      disconnecting.open();
      await gate.opened;
      await disconnect();
    };
    await stopping.trigger('job');
    await disconnecting.opened;
    let hasStopped = false;
    const stopped = stopping.stop({ timeoutMs: 60_000 }).finally(() => {
      hasStopped = true;
    });
    gate.open();
    await until(() => channel.state === 'disconnected');
    expect(hasStopped).to.equal(false);
    handler.open();
    expect(await stopped).to.deep.equal({ running: 0 });
    expect(channel.state).to.equal('disconnected');
    expect(lines).to.deep.equal(['job processor lost lock slots; restarting it']);
  });
});

interface Door<T> {
  opened: Promise<T>;
  open(value: T): void;
}

/** A promise, and how to keep it. */
function door<T>(): Door<T> {
  let open: (value: T) => void = () => {};
  const opened = new Promise<T>(resolve => {
    open = resolve;
  });
  return { opened, open };
}

/** The lock of the next job that is fetched is too old by the time that Agenda looks at it, which loses the slot. */
function loseNextSlot({ repository }: MysqlBackend): void {
  const getNextJobToRun = repository.getNextJobToRun.bind(repository);
  repository.getNextJobToRun = async (...asked) => {
    const job = await getNextJobToRun(...asked);
    if (!job) return job;
    repository.getNextJobToRun = getNextJobToRun;
    return { ...job, lockedAt: new Date(0) };
  };
}
