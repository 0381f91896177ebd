import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { JobParameters } from 'agenda';
import { expect } from 'chai';
import { testDatabaseUrl } from '../support/database.ts';
import { agendaBench, aJob, claimNext, present } from './agenda-support.ts';

describe('agenda on MySQL: values', () => {
  const bench = agendaBench();

  it('brings data back as it was', async () => {
    const backend = await bench.backend();
    const big = 'ä'.repeat(500_000);
    const values = [
      null,
      0,
      1.5,
      true,
      '',
      '123',
      'null',
      '😀 ?',
      '\\"\'\u2028',
      [],
      {},
      { b: 1, a: { '??': null } },
      big,
    ];
    for (const [at, data] of values.entries()) {
      const name = `value ${at}`;
      const saved = await backend.repository.saveJob(aJob({ name, data }));
      expect((await backend.repository.getJobById(present(saved._id)))?.data).to.deep.equal(data);
      expect((await claimNext(backend, name))?.data).to.deep.equal(data);
    }
    expect((await backend.repository.saveJob(aJob({ data: undefined }))).data).to.equal(undefined);
    expect(await claimNext(backend)).to.not.have.property('data');
  });

  it('keeps the order of keys', async () => {
    const { repository } = await bench.backend();
    const saved = await repository.saveJob(aJob({ data: { zebra: 1, ant: 2, z: 3 } }));
    const stored = await repository.getJobById(present(saved._id));
    expect(Object.keys(stored?.data as object)).to.deep.equal(['zebra', 'ant', 'z']);
  });

  it('refuses a name that would not fit, an invalid date and data that is no JSON', async () => {
    const { repository } = await bench.backend();
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const faults = [
      { name: 'x'.repeat(256) },
      { nextRunAt: new Date(Number.NaN) },
      { data: circular },
      { priority: Number.NaN },
    ];
    for (const fault of faults) {
      expect(await repository.saveJob(aJob(fault)).catch(error => error)).to.be.an('error');
    }
    expect((await repository.saveJob(aJob({ name: '😀'.repeat(255) }))).name).to.have.length(510);
  });

  it('keeps instants to the millisecond, in summer and winter and beyond what the column can hold', async () => {
    const { repository } = await bench.backend();
    const instants = [
      '2026-03-29T01:30:00.001Z',
      '2026-10-25T00:30:00.999Z',
      '1000-01-01T00:00:00.000Z',
      '9999-12-31T23:59:59.999Z',
    ];
    for (const instant of instants) {
      const saved = await repository.saveJob(aJob({ nextRunAt: new Date(instant) }));
      expect((await repository.getJobById(present(saved._id)))?.nextRunAt?.toISOString()).to.equal(instant);
    }
    const saved = await repository.saveJob(aJob({ nextRunAt: new Date(8.64e15) }));
    expect((await repository.getJobById(present(saved._id)))?.nextRunAt?.getUTCFullYear()).to.equal(9999);
  });

  it('takes a moment as milliseconds or as text too, as plain JavaScript may give it', async () => {
    const { repository } = await bench.backend();
    const instant = '2027-01-15T08:00:00.000Z';
    for (const given of [Date.parse(instant), instant]) {
      const saved = await repository.saveJob(aJob({ nextRunAt: given as unknown as Date }));
      expect((await repository.getJobById(present(saved._id)))?.nextRunAt?.toISOString()).to.equal(instant);
    }
  });

  it('records the end of a run whose progress is no number', async () => {
    const backend = await bench.backend();
    const { _id } = await backend.repository.saveJob(aJob());
    const run = present(await claimNext(backend));
    const end = { nextRunAt: null, lockedAt: undefined, lastFinishedAt: new Date(), progress: 0 / 0 };
    await backend.repository.saveJobState(Object.assign(run, end) as JobParameters);
    const stored = present(await backend.repository.getJobById(present(_id)));
    expect(stored).to.include({ nextRunAt: null }).and.not.have.any.keys('lockedAt', 'progress');
  });

  it("means the same instant whatever the zone of the session, the host's pool and the process", async () => {
    const instant = '2026-11-21T01:30:00.123Z';
    const pool = bench.hostPool("SET time_zone = '-05:00'", { timezone: '+09:00' });
    const { repository } = await bench.backend({ knex: pool });
    const saved = await repository.saveJob(aJob({ nextRunAt: new Date(instant) }));
    const [[row]] = await bench.db.raw(`SELECT CAST(next_run_at AS CHAR) AS text FROM ${bench.prefix}jobs`);
    expect(row.text).to.equal('2026-11-21 01:30:00.123');
    const here = await repository.getJobById(present(saved._id));
    expect(here?.nextRunAt?.toISOString()).to.equal(instant);
    expect(await readElsewhere('America/New_York', `${saved._id}`)).to.equal(instant);
  });

  /** nextRunAt of a job as a process in that zone reads it, by a pool in its local time. */
  async function readElsewhere(zone: string, id: string): Promise<string> {
    const backend = fileURLToPath(new URL('../../worker/agenda-mysql/index.ts', import.meta.url));
    const options = fileURLToPath(new URL('../../db/database-options.ts', import.meta.url));
    const script = `
      const { MysqlBackend } = await import(${JSON.stringify(backend)});
      const { connectionSettings } = await import(${JSON.stringify(options)});
      const { knex } = (await import('knex')).default;
      const pool = knex({ client: 'mysql2', connection: { ...connectionSettings(process.env.URL), timezone: 'local' } });
      const backend = new MysqlBackend({ knex: pool, tablePrefix: ${JSON.stringify(bench.prefix)} });
      await backend.connect();
      const job = await backend.repository.getJobById(${JSON.stringify(id)});
      process.stdout.write(job.nextRunAt.toISOString());
      process.exit(0);`;
    const environment = { ...process.env, TZ: zone, URL: testDatabaseUrl() };
    const arguments_ = ['--import', 'tsx', '--input-type=module', '-e', script];
    const { stdout } = await promisify(execFile)(process.execPath, arguments_, { env: environment });
    return stdout;
  }

  it("survives a host's knex that renames columns and reports changed rows only", async () => {
    const pool = bench.hostPool("SET time_zone = '+00:00'", { flags: '-FOUND_ROWS' });
    pool.client.config.postProcessResponse = (result: unknown) => shout(result);
    const { repository } = await bench.backend({ knex: pool });
    const saved = await repository.saveJob(aJob({ data: { a: 1 } }));
    expect(await repository.saveJob(saved), 'nothing changed').to.deep.include({
      _id: saved._id,
      data: { a: 1 },
    });
    expect(await repository.disableJobs({ name: 'job' })).to.equal(1);
    expect(await repository.disableJobs({ name: 'job' })).to.equal(1);
    expect((await repository.queryJobs({ name: 'job' })).jobs[0]).to.include({ name: 'job', disabled: true });
  });

  /** As a mapper of column names would do it, on every plain object. */
  function shout(result: unknown): unknown {
    if (Array.isArray(result)) return result.map(shout);
    if (typeof result !== 'object' || result === null || result.constructor !== Object) return result;
    return Object.fromEntries(Object.entries(result).map(([key, value]) => [key.toUpperCase(), value]));
  }
});
