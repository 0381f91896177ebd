import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { retry } from '../../worker/agenda-mysql/database/retry.ts';
import { agendaBench, aJob, until } from './agenda-support.ts';

describe('agenda on MySQL: locks and rivals in the database', () => {
  const bench = agendaBench();

  it('waits for a row that somebody holds, past the time-out of a lock', async () => {
    const pool = bench.hostPool('SET SESSION innodb_lock_wait_timeout = 1');
    const { repository } = await bench.backend({ knex: pool, signals: false });
    const saved = await repository.saveJob(aJob());
    const holder = await bench.db.transaction();
    await holder.raw(`SELECT id FROM ${bench.prefix}jobs WHERE id = ? FOR UPDATE`, [String(saved._id)]);
    const write = repository.saveJobState({ ...saved, progress: 7 });
    await sleep(1500);
    await holder.commit();
    await write;
    expect(await repository.getJobById(String(saved._id))).to.have.property('progress', 7);
  });

  it('comes out of a deadlock with both done', async () => {
    const { repository } = await bench.backend({ signals: false });
    const ids = [await repository.saveJob(aJob()), await repository.saveJob(aJob())].map(job =>
      String(job._id),
    );
    const rival = await bench.db.transaction();
    const lock = (id: string | undefined) =>
      rival.raw(`UPDATE ${bench.prefix}jobs SET rev = rev + 1 WHERE id = ?`, [id ?? '']);
    await lock(ids[1]);
    const ours = repository.disableJobs({ ids }); // takes the first, waits for the second
    await sleep(100);
    const theirs = await lock(ids[0]).then(
      () => rival.commit(),
      () => rival.rollback(),
    );
    await theirs;
    expect(await ours).to.equal(2);
  });

  it('repeats after a deadlock or time-out, a lost connection only what may be repeated, nothing else', async () => {
    const failing = (fault: object, times: number) => {
      let calls = 0;
      const work = async () => {
        if (calls++ < times) throw Object.assign(new Error('fault'), fault);
        return calls;
      };
      return { work, calls: () => calls };
    };
    expect(await retry(failing({ errno: 1213 }, 2).work)).to.equal(3);
    expect(await retry(failing({ errno: 1205 }, 1).work)).to.equal(2);
    const lost = { code: 'PROTOCOL_CONNECTION_LOST' };
    expect(await retry(failing(lost, 1).work, { repeatable: true })).to.equal(2);
    for (const [fault, options] of [
      [lost, {}],
      [{ errno: 1062 }, { repeatable: true }],
    ] as const) {
      const { work, calls } = failing(fault, 1);
      expect(await retry(work, options).catch(error => error.message)).to.equal('fault');
      expect(calls()).to.equal(1);
    }
    const endless = failing({ errno: 1213 }, 99);
    expect(await retry(endless.work, { attempts: 3 }).catch(error => error.message)).to.equal('fault');
    expect(endless.calls()).to.equal(3);
  });

  it('removes what is complete in a few statements, and asks no row twice', async () => {
    const backend = await bench.backend({ signals: false });
    const agenda = await bench.agenda(backend, {
      defaultConcurrency: 50,
      maxConcurrency: 50,
      removeOnComplete: true,
    });
    let runs = 0;
    agenda.define('job', async () => void runs++);
    await Promise.all(Array.from({ length: 200 }, () => backend.repository.saveJob(aJob())));
    let deletes = 0;
    const note = ({ sql }: { sql: string }) => {
      if (sql.startsWith(`DELETE FROM ${bench.prefix}jobs`)) deletes++;
    };
    bench.db.on('query', note);
    await agenda.start();
    await until(async () => runs === 200 && (await agenda.queryJobs()).total === 0);
    bench.db.removeListener('query', note);
    expect(deletes).to.be.below(100);
  });

  it('tells how many a removal by id has found', async () => {
    const { repository } = await bench.backend({ signals: false });
    const saved = await repository.saveJob(aJob({ nextRunAt: null }));
    await repository.saveJobState({ ...saved, lastFinishedAt: new Date() }); // as its run would end
    const id = saved._id;
    if (!id) throw new Error('It has no id.');
    expect(await Promise.all([repository.removeJobs({ id }), repository.removeJobs({ id })])).to.have.members(
      [1, 0],
    );
    expect(await repository.removeJobs({ id })).to.equal(0);
  });
});
