import type { JobParameters } from 'agenda';
import { expect } from 'chai';
import type { MysqlBackend, QuarantinedJob } from '../../worker/agenda-mysql/index.ts';
import { agendaBench, aJob, claimNext, present } from './agenda-support.ts';

describe('agenda on MySQL: who may write', () => {
  const bench = agendaBench();

  /** Two processes: the first claims and starts the job, its lock ages, the second claims it too. */
  async function takenOver(changes: Partial<JobParameters> = {}) {
    const [stale, fresh] = [await bench.backend(), await bench.backend()];
    const { _id } = await stale.repository.saveJob(aJob(changes));
    const lost = present(await claimNext(stale));
    await start(stale, lost);
    await ageLocks();
    const current = present(await claimNext(fresh, 'job', { lifetime: 1000 }));
    const stored = async () => present(await fresh.repository.getJobById(present(_id)));
    return { stale, fresh, lost, current, stored };
  }

  // As Job.run() does: a one-off has no next run from here on.
  async function start(backend: MysqlBackend, job: JobParameters): Promise<void> {
    Object.assign(job, {
      lastRunAt: new Date(),
      nextRunAt: job.repeatInterval ? new Date(Date.now() + 60_000) : null,
    });
    await backend.repository.saveJobState(job);
  }

  async function finish(backend: MysqlBackend, job: JobParameters, changes = {}): Promise<void> {
    const { lockedAt: _, ...rest } = job;
    await backend.repository.saveJobState(Object.assign(rest, { lastFinishedAt: new Date() }, changes));
  }

  function ageLocks(): Promise<unknown> {
    return bench.db.raw(`UPDATE ${bench.prefix}jobs SET locked_at = locked_at - INTERVAL 1 HOUR`);
  }

  const refused = async (write: Promise<unknown>) =>
    expect(await write.catch(error => error)).to.have.property('name', 'LostLockError');

  it('refuses the start and the touch of an owner whose lock was taken', async () => {
    const { stale, lost, current, stored } = await takenOver();
    await refused(stale.repository.saveJobState({ ...lost, lockedAt: new Date(0), progress: 50 }));
    expect(await stored())
      .to.deep.include({ lockedAt: current.lockedAt })
      .and.not.have.property('progress');
  });

  it('records a one-off that finished late, and fences off its new owner', async () => {
    const { stale, fresh, lost, current, stored } = await takenOver();
    await finish(stale, lost);
    expect(await stored()).to.have.property('lastFinishedAt');
    expect(await stored()).to.not.have.property('lockedAt');
    expect(await stored()).to.have.property('nextRunAt', null);
    await refused(start(fresh, current));
    expect(await claimNext(fresh, 'job', { lifetime: 0 })).to.equal(undefined);
  });

  it('refuses the late end of a recurring job: its new owner has the say', async () => {
    const { stale, lost, current, stored } = await takenOver({ repeatInterval: '1 minute' });
    await refused(finish(stale, lost, { failReason: 'late' }));
    expect(await stored())
      .to.deep.include({ lockedAt: current.lockedAt })
      .and.not.have.property('failReason');
  });

  it('does not let a stale owner give back a lock that another holds', async () => {
    const { stale, lost, current, stored } = await takenOver();
    await stale.repository.unlockJobs([present(lost._id)]);
    await stale.repository.unlockJob(lost);
    await stale.releaseHeld();
    expect(await stored()).to.deep.include({ lockedAt: current.lockedAt });
  });

  it('keeps a schedule that was changed while the job ran', async () => {
    const backend = await bench.backend();
    const { lockedAt: _, ...saved } = await backend.repository.saveJob(aJob());
    const running = present(await claimNext(backend));
    await start(backend, running);
    const nextRunAt = new Date(Date.now() - 5);
    await backend.repository.saveJob({ ...saved, nextRunAt });
    await finish(backend, running);
    expect((await claimNext(backend))?.nextRunAt).to.deep.equal(nextRunAt);
  });

  it('keeps the retry of a handler that saved its own job', async () => {
    const backend = await bench.backend();
    await backend.repository.saveJob(aJob());
    const running = present(await claimNext(backend));
    await start(backend, running);
    const { lockedAt: _, lastRunAt: __, ...visible } = running; // as job.save() sends it
    await backend.repository.saveJob({ ...visible, data: { half: 'done' } });
    const retryAt = new Date(Date.now() - 5);
    await finish(backend, running, { nextRunAt: retryAt, failReason: 'once more' });
    expect(await claimNext(backend)).to.deep.include({ nextRunAt: retryAt, data: { half: 'done' } });
  });

  it('gives back what was claimed but not started, and nothing else', async () => {
    const [backend, other] = [await bench.backend(), await bench.backend()];
    for (let at = 0; at < 5; at++) await backend.repository.saveJob(aJob());
    const running = present(await claimNext(backend));
    await start(backend, running);
    const waiting = [await claimNext(backend), await claimNext(backend)];
    const foreign = present(await claimNext(other));
    expect(await backend.releaseHeld()).to.equal(2);
    const { jobs } = await backend.repository.queryJobs({ state: 'running' });
    expect(jobs.map(job => job._id)).to.have.members([running._id, foreign._id]);
    await refused(start(backend, present(waiting[0])));
    expect(await claimNext(other), 'at once').to.not.equal(undefined);
  });

  it('makes a recovered one-off due again when it is given back unstarted', async () => {
    const { fresh, current } = await takenOver();
    expect(current.nextRunAt).to.equal(null);
    await fresh.repository.unlockJobs([present(current._id)]);
    expect((await claimNext(fresh))?._id).to.equal(current._id);
  });

  it('writes states that meet in one statement, each with its own values and its own fence', async () => {
    const [backend, thief] = [await bench.backend(), await bench.backend()];
    for (let at = 0; at < 8; at++)
      await backend.repository.saveJob(aJob({ data: { at }, repeatInterval: '1 minute' }));
    const jobs = await Promise.all(Array.from({ length: 8 }, async () => present(await claimNext(backend))));
    await bench.db.raw(`UPDATE ${bench.prefix}jobs SET locked_at = '2020-01-01' WHERE id = ?`, [
      `${jobs[5]?._id}`,
    ]);
    const stolen = present(await claimNext(thief, 'job', { lifetime: 1000 }));
    let statements = 0;
    const count = () => void statements++;
    bench.db.on('query', count);
    const starts = jobs.map(job =>
      start(backend, job).then(
        () => 'started',
        error => error.name,
      ),
    );
    const outcomes = await Promise.all(starts);
    bench.db.removeListener('query', count);
    expect(outcomes.filter(outcome => outcome === 'started')).to.have.length(7);
    expect(outcomes[5]).to.equal('LostLockError');
    expect(statements, 'one alone, one for the rest, then each of these').to.be.within(3, 10);
    const ends = jobs
      .filter(job => job !== jobs[5])
      .map((job, at) =>
        finish(backend, job, { failReason: `reason ${at}`, failCount: at, nextRunAt: new Date(1e12 + at) }),
      );
    await Promise.all(ends);
    const { jobs: stored } = await backend.repository.queryJobs({ sort: { nextRunAt: 'asc' }, limit: 7 });
    expect(stored.map(job => [job.failReason, job.failCount, job.nextRunAt?.getTime()])).to.deep.equal(
      Array.from({ length: 7 }, (_, at) => [`reason ${at}`, at, 1e12 + at]),
    );
    expect(await backend.repository.getJobById(`${stolen._id}`)).to.deep.include({
      lockedAt: stolen.lockedAt,
    });
  });

  describe('a job that kills its process', () => {
    async function crash(backend: MysqlBackend): Promise<JobParameters | undefined> {
      const job = await claimNext(backend, 'job', { lifetime: 1000 });
      if (job) await start(backend, job);
      await ageLocks();
      return job;
    }

    it('is quarantined after so many recoveries, reported, and counted from zero when enabled', async () => {
      const quarantined: QuarantinedJob[] = [];
      const backend = await bench.backend({
        poisonAfter: 2,
        onQuarantined: job => void quarantined.push(job),
      });
      const { _id } = await backend.repository.saveJob(aJob());
      for (let run = 1; run <= 3; run++) expect(await crash(backend), `run ${run}`).to.not.equal(undefined);
      expect(await crash(backend)).to.equal(undefined);
      expect(quarantined).to.deep.equal([{ id: _id, name: 'job', expiredCount: 3 }]);
      const stored = present(await backend.repository.getJobById(present(_id)));
      expect(stored).to.include({ disabled: true }).and.not.have.property('lockedAt');
      expect(stored.failReason).to.match(/^Quarantined/);
      await backend.repository.enableJobs({ id: present(_id) });
      for (let run = 1; run <= 3; run++) expect(await crash(backend), `again ${run}`).to.not.equal(undefined);
      expect(quarantined).to.have.length(1);
    });

    it('does not count against jobs that were only fetched ahead, or that finish', async () => {
      const backend = await bench.backend({ poisonAfter: 1 });
      await backend.repository.saveJob(aJob());
      for (let round = 0; round < 4; round++) {
        expect(await claimNext(backend, 'job', { lifetime: 1000 })).to.not.equal(undefined);
        await ageLocks();
      }
      await crash(backend);
      const job = present(await claimNext(backend, 'job', { lifetime: 1000 }));
      await start(backend, job);
      await finish(backend, job, { nextRunAt: new Date(0) });
      for (let run = 0; run < 2; run++) expect(await crash(backend)).to.not.equal(undefined);
    });
  });
});
