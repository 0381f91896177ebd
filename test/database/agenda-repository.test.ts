import { type RemoveJobsOptions, toJobId } from 'agenda';
import { expect } from 'chai';
import { agendaBench, aJob, present } from './agenda-support.ts';

describe('agenda on MySQL: the repository', () => {
  const bench = agendaBench();
  const soon = () => new Date(Date.now() + 60_000);

  it('inserts a job under an id of its own and reads every field back', async () => {
    const { repository } = await bench.backend();
    const job = aJob({
      priority: 10,
      repeatInterval: '5 minutes',
      repeatTimezone: 'Europe/Vienna',
      repeatAt: '3:30pm',
      startDate: new Date('2026-01-01T00:00:00.001Z'),
      endDate: new Date('2030-12-31T23:59:59.999Z'),
      skipDays: [0, 6],
      fork: true,
      disabled: true,
      data: { nested: { list: [1, 'two', null] } },
    });
    const saved = await repository.saveJob(job, { lastModifiedBy: 'me' });
    const stored = present(await repository.getJobById(present(saved._id)));
    expect(stored).to.include({ lastModifiedBy: 'me' });
    expect(stored).to.deep.include({ ...job, _id: saved._id });
  });

  it('stores jobs that meet in a few statements, and a bad one among them spoils no other', async () => {
    const { repository } = await bench.backend();
    let inserts = 0;
    const count = ({ sql }: { sql: string }) => {
      if (sql.startsWith('INSERT')) inserts++;
    };
    bench.db.on('query', count);
    const good = await Promise.all(
      Array.from({ length: 40 }, (_, n) => repository.saveJob(aJob({ data: { n } }))),
    );
    bench.db.removeListener('query', count);
    expect(inserts).to.be.at.most(3);
    const stored = await Promise.all(good.map(job => repository.getJobById(present(job._id))));
    expect(stored.map(job => job?.data)).to.deep.equal(good.map(job => job.data));
    const mixed = [aJob(), aJob(), aJob({ priority: 2 ** 40 }), aJob()]; // beyond what the column can hold
    const outcomes = await Promise.allSettled(mixed.map(job => repository.saveJob(job)));
    expect(outcomes.map(outcome => outcome.status)).to.deep.equal([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect((await repository.queryJobs()).total).to.equal(43);
  });

  it('keeps a numeric interval a number and a numeric text a text', async () => {
    const { repository } = await bench.backend();
    const ids = [];
    for (const repeatInterval of [5000, '5000'])
      ids.push((await repository.saveJob(aJob({ repeatInterval })))._id);
    const stored = await Promise.all(ids.map(id => repository.getJobById(present(id))));
    expect(stored.map(job => job?.repeatInterval)).to.deep.equal([5000, '5000']);
  });

  it('updates by id only what the save names, and leaves the processor its fields', async () => {
    const { repository } = await bench.backend();
    const failedAt = new Date('2026-11-01T00:00:00Z');
    const saved = await repository.saveJob(
      aJob({ failCount: 3, failReason: 'oops', failedAt, data: { version: 1 } }),
    );
    const { failCount, failReason, failedAt: _, lockedAt, ...rest } = saved;
    const updated = await repository.saveJob({ ...rest, priority: 20, data: { version: 2 } });
    expect(updated).to.deep.include({ _id: saved._id, priority: 20, data: { version: 2 } });
    expect(updated).to.deep.include({ failCount: 3, failReason: 'oops', failedAt });
  });

  it('returns a job that is gone, or has another name, unchanged', async () => {
    const { repository } = await bench.backend();
    const saved = await repository.saveJob(aJob());
    const renamed = { ...saved, name: 'other', priority: 7 };
    expect(await repository.saveJob(renamed)).to.equal(renamed);
    expect(await repository.getJobById(present(saved._id))).to.include({ name: 'job', priority: 0 });
  });

  it('keeps one row per name for a single job and does not pull its schedule forward', async () => {
    const { repository } = await bench.backend();
    const first = await repository.saveJob(aJob({ type: 'single', nextRunAt: soon(), endDate: soon() }));
    const due = await repository.saveJob(aJob({ type: 'single', priority: 10, data: { run: 2 } }));
    expect(due).to.deep.include({
      _id: first._id,
      nextRunAt: first.nextRunAt,
      priority: 10,
      data: { run: 2 },
    });
    expect(due, 'an end date the code no longer names').to.not.have.property('endDate');
    const later = new Date(Date.now() + 120_000);
    expect((await repository.saveJob(aJob({ type: 'single', nextRunAt: later }))).nextRunAt).to.deep.equal(
      later,
    );
    expect((await repository.queryJobs({ name: 'job' })).total).to.equal(1);
  });

  it('schedules a single job again whose last run left it without a schedule', async () => {
    const { repository } = await bench.backend();
    await repository.saveJob(aJob({ type: 'single', nextRunAt: null }));
    const nextRunAt = new Date(Date.now() - 5);
    expect((await repository.saveJob(aJob({ type: 'single', nextRunAt }))).nextRunAt).to.deep.equal(
      nextRunAt,
    );
  });

  it('does not enable a disabled single job by saving it again', async () => {
    const { repository } = await bench.backend();
    await repository.saveJob(aJob({ type: 'single' }));
    await repository.disableJobs({ name: 'job' });
    expect((await repository.saveJob(aJob({ type: 'single' }))).disabled).to.equal(true);
    expect((await repository.saveJob(aJob({ type: 'single', disabled: false }))).disabled).to.equal(false);
  });

  it('finds nothing by an id that is none of its own', async () => {
    const { repository } = await bench.backend();
    const saved = await repository.saveJob(aJob());
    for (const id of ['', 'x', '507f1f77bcf86cd799439011', "' OR 1=1 --", 'é', 'a'.repeat(5000)].map(
      toJobId,
    )) {
      expect(await repository.getJobById(id)).to.equal(null);
      expect(await repository.removeJobs({ id })).to.equal(0);
      expect(await repository.disableJobs({ ids: [id] })).to.equal(0);
      if (id) expect(await repository.queryJobs({ id })).to.deep.equal({ jobs: [], total: 0 });
      expect(await repository.lockJob({ ...saved, _id: id })).to.equal(undefined);
      await repository.unlockJobs([id]);
    }
    expect((await repository.queryJobs()).total).to.equal(1);
  });

  it('throws when the state of a job that is gone is saved', async () => {
    const { repository } = await bench.backend();
    const saved = await repository.saveJob(aJob());
    await repository.removeJobs({ id: present(saved._id) });
    const failure = await repository.saveJobState(saved).catch(error => error);
    expect(failure).to.be.an('error').with.property('name', 'LostLockError');
  });

  it('stores an endless fail reason, cut, rather than losing the write', async () => {
    const { repository } = await bench.backend();
    const saved = await repository.saveJob(aJob());
    await repository.saveJobState({ ...saved, failReason: 'x'.repeat(200_000), failCount: 1 });
    expect((await repository.getJobById(present(saved._id)))?.failReason).to.have.length(16_000);
  });

  it('locks one job once, and unlocks it', async () => {
    const { repository } = await bench.backend();
    const saved = await repository.saveJob(aJob());
    const locked = present(await repository.lockJob(saved));
    expect(locked.lockedAt).to.be.a('date');
    expect(await repository.lockJob(saved)).to.equal(undefined);
    await repository.unlockJob(locked);
    expect(await repository.getJobById(present(saved._id))).to.not.have.property('lockedAt');
    expect(await repository.lockJob({ ...saved, nextRunAt: soon() }), 'another schedule').to.equal(undefined);
  });

  it('leaves a running one-off locked when asked to unlock it, but not when asked by id', async () => {
    const { repository } = await bench.backend();
    const running = await repository.saveJob(aJob({ nextRunAt: null, lockedAt: new Date() }));
    await repository.unlockJob(running);
    expect(await repository.getJobById(present(running._id))).to.have.property('lockedAt');
    await repository.unlockJobs([present(running._id)]);
    expect(await repository.getJobById(present(running._id))).to.not.have.property('lockedAt');
  });

  it('removes, disables and enables by every criterion, and nothing without one', async () => {
    const { repository } = await bench.backend();
    const ids = [];
    for (const name of ['a', 'a', 'b', 'c'])
      ids.push(present((await repository.saveJob(aJob({ name })))._id));
    await repository.saveJob(aJob({ name: 'd', data: { user: { id: 7 }, tags: ['x', 'y'] } }));
    expect(await repository.disableJobs({})).to.equal(0);
    expect(await repository.disableJobs({ name: 'a' })).to.equal(2);
    expect(await repository.disableJobs({ name: 'a' }), 'again').to.equal(2);
    expect(await repository.enableJobs({ names: ['a', 'b'] })).to.equal(3);
    expect(await repository.removeJobs({})).to.equal(0);
    expect(await repository.removeJobs({ ids: [], names: [], notNames: [] })).to.equal(0);
    expect(await repository.removeJobs({ id: present(ids[0]), ids }), 'id wins').to.equal(1);
    expect(await repository.removeJobs({ ids: ids.slice(0, 2) })).to.equal(1);
    expect(await repository.removeJobs({ data: { user: { id: 8 } } })).to.equal(0);
    expect(await repository.removeJobs({ data: { user: { id: 7 }, tags: ['y'] } })).to.equal(1);
    expect(await repository.removeJobs({ notNames: ['b'] })).to.equal(1);
    expect(await repository.purgeAllJobs()).to.equal(1);
    expect(await repository.getDistinctJobNames()).to.deep.equal([]);
  });

  it('takes a number for an id or a name as text, which matches no other', async () => {
    const { repository } = await bench.backend();
    const { _id } = await repository.saveJob(aJob({ name: '1 a' })); // to SQL, its name equals 1
    const one = Number.parseFloat(String(_id)); // and its id equals this
    const odd = [{ id: one }, { ids: [one, 0] }, { name: 1 }, { names: [0, 1] }];
    for (const options of odd as unknown as RemoveJobsOptions[]) {
      expect(await repository.disableJobs(options)).to.equal(0);
      expect(await repository.removeJobs(options)).to.equal(0);
      expect((await repository.queryJobs(options)).total).to.equal(0);
    }
    expect(await repository.removeJobs({ notNames: [1] as unknown as string[] })).to.equal(1);
  });

  it('counts what is ready to run and lists the names', async () => {
    const { repository } = await bench.backend();
    for (const name of ['b', 'a', 'a']) await repository.saveJob(aJob({ name }));
    await repository.saveJob(aJob({ nextRunAt: soon() }));
    expect(await repository.getQueueSize()).to.equal(3);
    expect(await repository.getDistinctJobNames()).to.deep.equal(['a', 'b', 'job']);
  });
});
