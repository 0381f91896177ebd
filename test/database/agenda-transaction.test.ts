import { expect } from 'chai';
import { heardBy, listener } from './agenda-channel-bench.ts';
import { agendaBench, aJob, until } from './agenda-support.ts';

describe("agenda on MySQL: in the caller's transaction", () => {
  const bench = agendaBench();

  it('a job exists and wakes others only when it commits', async () => {
    const backend = await listener(bench);
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
