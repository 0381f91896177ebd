import type { JobLogEntry } from 'agenda';
import { expect } from 'chai';
import { agendaBench, until } from './agenda-support.ts';

describe('agenda on MySQL: the job log', () => {
  const bench = agendaBench();
  const noon = new Date('2026-06-01T12:00:00Z');

  function anEntry(changes: Partial<JobLogEntry> = {}): JobLogEntry {
    return { timestamp: noon, level: 'info', event: 'start', jobName: 'job', message: 'started', ...changes };
  }

  it('brings every field back', async () => {
    const { logger } = await bench.backend({ logRetentionDays: null });
    const entry = anEntry({
      jobId: 'an id',
      duration: 1500.5,
      error: 'it broke 😀',
      failCount: 3,
      retryDelay: 5000,
      retryAttempt: 2,
      agendaName: 'worker',
      meta: { key: ['value'] },
    });
    await logger.log(entry);
    await logger.log(anEntry());
    const { entries, total } = await logger.getLogs({ sort: 'asc' });
    expect(total).to.equal(2);
    expect(entries.map(({ _id, ...rest }) => rest)).to.deep.equal([entry, anEntry()]);
  });

  it('filters, sorts, pages and clears', async () => {
    const { logger } = await bench.backend({ logRetentionDays: null });
    const at = (seconds: number) => new Date(noon.getTime() + seconds * 1000);
    await Promise.all([
      logger.log(anEntry({ timestamp: at(0), jobId: '1' })),
      logger.log(anEntry({ timestamp: at(1), event: 'success', jobId: '1', message: 'done' })),
      logger.log(anEntry({ timestamp: at(2), jobName: 'other', level: 'error', event: 'fail' })),
    ]);
    const found = async (query: object) => (await logger.getLogs(query)).entries.map(entry => entry.event);
    expect(await found({})).to.deep.equal(['fail', 'success', 'start']);
    expect(await found({ sort: 'asc', limit: 1, offset: 1 })).to.deep.equal(['success']);
    expect(await found({ jobId: '1' })).to.deep.equal(['success', 'start']);
    expect(await found({ jobName: 'other' })).to.deep.equal(['fail']);
    expect(await found({ level: ['error', 'warn'] })).to.deep.equal(['fail']);
    expect(await found({ event: ['start', 'fail'] })).to.deep.equal(['fail', 'start']);
    expect(await found({ from: at(1), to: at(1) })).to.deep.equal(['success']);
    expect(await logger.getLogs({ limit: 1 })).to.have.property('total', 3);
    expect(await logger.clearLogs({ jobName: 'nobody' })).to.equal(0);
    expect(await logger.clearLogs({ jobName: 'job' })).to.equal(2);
    expect(await logger.clearLogs()).to.equal(1);
  });

  it('takes for a page what a dashboard found in an address', async () => {
    const { logger } = await bench.backend({ logRetentionDays: null });
    for (let n = 0; n < 3; n++) await logger.log(anEntry());
    const found = async (query: object) => (await logger.getLogs(query)).entries.length;
    expect(await found({ limit: NaN, offset: NaN })).to.equal(3);
    expect(await found({ limit: -1, offset: -2 })).to.equal(3);
    expect(await found({ limit: '2', offset: '2' })).to.equal(1);
    expect(await found({ limit: 0 })).to.equal(0);
  });

  it('writes what comes at one moment in a few statements', async () => {
    const { logger } = await bench.backend({ logRetentionDays: null });
    let statements = 0;
    const count = () => void statements++;
    bench.db.on('query', count);
    await Promise.all(Array.from({ length: 900 }, () => logger.log(anEntry())));
    bench.db.removeListener('query', count);
    expect(statements).to.be.at.most(3);
    expect((await logger.getLogs()).total).to.equal(900);
  });

  it('forgets entries past their retention', async () => {
    const { logger } = await bench.backend({ logRetentionDays: 2 });
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
    await logger.log(anEntry({ timestamp: daysAgo(1) }));
    await logger.log(anEntry({ timestamp: daysAgo(3) }));
    expect(await logger.removeExpired()).to.equal(1);
    expect((await logger.getLogs()).total).to.equal(1);
  });

  it('keeps an entry that is older than that when it is written', async () => {
    const { logger } = await bench.backend(); // its first entry is also its first look for expired ones
    await logger.log(anEntry({ timestamp: new Date('2020-01-01T00:00:00Z') }));
    expect((await logger.getLogs()).total).to.equal(1);
  });

  it('refuses an entry that is none without losing those beside it', async () => {
    const { logger } = await bench.backend();
    const meta: Record<string, unknown> = {};
    meta.self = meta;
    const entries = [anEntry(), anEntry({ timestamp: new Date(Number.NaN) }), anEntry({ meta }), anEntry()];
    const outcomes = await Promise.allSettled(entries.map(entry => logger.log(entry)));
    expect(outcomes.map(({ status }) => status === 'fulfilled')).to.deep.equal([true, false, false, true]);
    expect((await logger.getLogs()).total).to.equal(2);
  });

  it('is written by Agenda when logging is on', async () => {
    const backend = await bench.backend();
    const agenda = await bench.agenda(backend, { logging: true, name: 'w' });
    agenda.define('job', async () => {});
    await agenda.start();
    await agenda.now('job');
    await until(async () => (await agenda.getLogs({ event: 'complete' })).total === 1);
    await backend.logger.idle();
    const { entries } = await agenda.getLogs({ sort: 'asc' });
    expect(entries.map(entry => entry.event)).to.have.members(['locked', 'start', 'success', 'complete']);
    expect(entries.every(entry => entry.agendaName === 'w' && entry.jobName === 'job')).to.equal(true);
  });
});
