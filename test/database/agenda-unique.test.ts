import type { JobParameters } from 'agenda';
import { expect } from 'chai';
import { agendaBench, aJob, claimNext, present } from './agenda-support.ts';

describe('agenda on MySQL: unique jobs', () => {
  const bench = agendaBench();
  const many = (changes: Partial<JobParameters>) =>
    Array.from({ length: 50 }, (_, at) => aJob({ data: { at }, ...changes }));

  it('keeps one row whatever the number of savers at one moment', async () => {
    const [one, two] = [await bench.backend(), await bench.backend()];
    for (const changes of [
      { type: 'single' },
      { unique: { 'data.kind': 'a' } },
      { unique: { 'data.kind': 'b' }, uniqueOpts: { insertOnly: true } },
      { unique: { 'data.kind': 'c' }, uniqueOpts: { debounce: { delay: 50 } } },
    ] as Partial<JobParameters>[]) {
      const saves = many(changes).map((job, at) => (at % 2 ? one : two).repository.saveJob(job));
      const ids = new Set((await Promise.all(saves)).map(job => job._id));
      expect(ids.size, JSON.stringify(changes)).to.equal(1);
      expect(await one.repository.purgeAllJobs()).to.equal(1);
    }
  });

  it('updates the row it finds, or with insertOnly returns it untouched', async () => {
    const { repository } = await bench.backend();
    const unique = { 'data.user': 1 };
    const first = await repository.saveJob(aJob({ unique, data: { user: 1, version: 1 } }));
    expect(first).to.not.have.any.keys('unique', 'uniqueOpts');
    const second = await repository.saveJob(aJob({ unique, data: { user: 1, version: 2 }, priority: 5 }));
    expect(second).to.deep.include({ _id: first._id, priority: 5, data: { user: 1, version: 2 } });
    const third = await repository.saveJob(
      aJob({ unique, uniqueOpts: { insertOnly: true }, data: { user: 1 } }),
    );
    expect(third).to.deep.include({ _id: first._id, data: { user: 1, version: 2 } });
  });

  it('tells values, names and kinds apart, but not the order of keys', async () => {
    const { repository } = await bench.backend();
    const uniques: Record<string, unknown>[] = [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
      { a: '1', b: 2 },
      { a: 1 },
      { a: { c: [] } },
      { a: { c: {} } },
    ];
    const ids = [];
    for (const unique of uniques) ids.push((await repository.saveJob(aJob({ unique })))._id);
    ids.push((await repository.saveJob(aJob({ unique: { a: 1 }, name: 'other' })))._id);
    ids.push((await repository.saveJob(aJob({ type: 'single' })))._id);
    expect(ids[0]).to.equal(ids[1]);
    expect(new Set(ids).size).to.equal(7);
  });

  it('takes keys with quotes, dots and __proto__ for what they are', async () => {
    const { repository } = await bench.backend();
    const keys = [
      "data.it's",
      'data."x"',
      'data.a.b.c',
      '__proto__',
      'constructor',
      "x'; DROP TABLE jobs; --",
      '\\',
      '',
    ];
    for (const key of keys) {
      const unique = Object.fromEntries([[key, 'value']]);
      const first = await repository.saveJob(aJob({ unique }));
      expect((await repository.saveJob(aJob({ unique })))._id, key).to.equal(first._id);
    }
    expect((await repository.queryJobs()).total).to.equal(keys.length);
  });

  it('frees the key with its row', async () => {
    const { repository } = await bench.backend();
    const unique = { 'data.x': 1 };
    const first = await repository.saveJob(aJob({ unique }));
    await repository.removeJobs({ id: present(first._id) });
    expect((await repository.saveJob(aJob({ unique })))._id).to.not.equal(first._id);
  });

  describe('debounced', () => {
    const trailing = (delay: number, maxWait?: number) =>
      aJob({ unique: { k: 1 }, uniqueOpts: { debounce: { delay, ...(maxWait && { maxWait }) } } });
    const leading = (delay: number) =>
      aJob({ unique: { k: 1 }, uniqueOpts: { debounce: { delay, strategy: 'leading' } } });

    /** Lets the window have begun so much earlier. */
    const rewind = (ms: number) =>
      bench.db.raw(
        `UPDATE ${bench.prefix}jobs SET debounce_started_at = debounce_started_at - INTERVAL ? MICROSECOND`,
        [ms * 1000],
      );

    it('trailing: each save pushes the run back, never past maxWait', async () => {
      const { repository } = await bench.backend();
      const before = Date.now();
      const first = await repository.saveJob(trailing(10_000, 15_000));
      expect(first.nextRunAt?.getTime()).to.be.within(before + 10_000, Date.now() + 10_000);
      expect(first.debounceStartedAt?.getTime()).to.be.at.least(before);
      await rewind(12_000);
      const second = await repository.saveJob(trailing(10_000, 15_000));
      expect(second.nextRunAt?.getTime()).to.be.within(before + 2900, Date.now() + 3000);
      await rewind(4000);
      const third = await repository.saveJob(trailing(10_000, 15_000));
      expect(third.nextRunAt?.getTime()).to.be.at.most(Date.now());
      expect(third.debounceStartedAt).to.equal(undefined);
      const fourth = await repository.saveJob(trailing(10_000, 15_000));
      expect(fourth.nextRunAt?.getTime(), 'a new window').to.be.above(Date.now() + 9000);
    });

    it('leading: runs at once, then not before its window is over', async () => {
      const backend = await bench.backend();
      const { repository } = backend;
      const first = await repository.saveJob(leading(10_000));
      const again = await repository.saveJob({ ...leading(10_000), data: { latest: true } });
      expect(again).to.deep.include({ _id: first._id, nextRunAt: first.nextRunAt, data: { latest: true } });
      const run = present(await claimNext(backend));
      await repository.saveJobState({ ...run, nextRunAt: null });
      const { lockedAt: _, ...ended } = run;
      await repository.saveJobState(Object.assign(ended, { nextRunAt: null }));
      expect((await repository.saveJob(leading(10_000))).nextRunAt, 'inside the window').to.equal(null);
      await rewind(11_000);
      expect((await repository.saveJob(leading(10_000))).nextRunAt, 'after it').to.be.a('date');
    });
  });
});
