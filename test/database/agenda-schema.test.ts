import { expect } from 'chai';
import knex from 'knex';
import { asKnex } from '../../worker/agenda-mysql/database/host-knex.ts';
import { Pool } from '../../worker/agenda-mysql/database/pool.ts';
import { MysqlBackend, type MysqlBackendOptions } from '../../worker/agenda-mysql/index.ts';
import { dropTables } from '../../worker/agenda-mysql/tables/tables.ts';
import { testDatabaseUrl } from '../support/database.ts';
import { agendaBench, aJob, present, until } from './agenda-support.ts';

describe('agenda on MySQL: tables and connections', () => {
  const bench = agendaBench();
  const own = `b${process.pid % 10_000}_`;
  const made: MysqlBackend[] = [];

  /** A backend with a pool of its own, on tables that are not there yet. */
  function standalone(options = {}): MysqlBackend {
    const backend = new MysqlBackend({
      connection: testDatabaseUrl(),
      tablePrefix: own,
      poolSize: 2,
      ...options,
    });
    made.push(backend);
    return backend;
  }

  afterEach(async () => {
    for (const backend of made.splice(0)) await backend.disconnect();
    await dropTables(bench.db, own);
  });

  it('several processes may start at once on an empty database', async () => {
    const backends = Array.from({ length: 5 }, () => standalone());
    await Promise.all(backends.map(backend => backend.connect()));
    const saves = backends.map(backend => backend.repository.saveJob(aJob({ type: 'single' })));
    expect(new Set((await Promise.all(saves)).map(job => job._id)).size).to.equal(1);
    expect(await backends[0]?.migrate(), 'nothing left to do').to.equal(false);
  });

  it('says what to do when the tables are missing or of another version', async () => {
    const failure = async (options = {}) =>
      (
        await standalone(options)
          .connect()
          .catch(error => error)
      ).message;
    expect(await failure({ ensureSchema: false })).to.match(/missing.*migrate/);
    await standalone().connect();
    const comment = (text: string) => bench.db.raw(`ALTER TABLE ${own}jobs COMMENT = '${text}'`);
    await comment('Agenda jobs, schema 99');
    expect(await failure()).to.match(/version 99.*older/);
    await comment('');
    expect(await failure({ ensureSchema: false })).to.match(/version 0.*migrate/);
  });

  it('brings tables of the first version up to date, with what they hold', async () => {
    await standalone().connect();
    await bench.db.raw(`ALTER TABLE ${own}jobs DROP KEY ${own}jobs_claim, DROP COLUMN outcome,
      ADD KEY ${own}jobs_claim (name, disabled, locked_at, next_run_at, sort_priority),
      COMMENT = 'Agenda jobs, schema 1'`);
    const refusal = await standalone({ ensureSchema: false })
      .connect()
      .catch(error => error.message);
    expect(refusal).to.match(/version 1.*migrate/);
    const row = { type: 'normal', priority: 0, sort_priority: 0, data: '{"a":1}' };
    await bench.db(`${own}jobs`).insert([
      { id: 'f', name: 'failed', ...row, failed_at: '2026-05-04 10:00:00.000' },
      { id: 'r', name: 'repeating', ...row, repeat_interval: '"1 day"', next_run_at: '2026-05-04 10:00:00' },
    ]);
    const backends = [standalone(), standalone()];
    await Promise.all(backends.map(backend => backend.connect()));
    const { jobs } = await present(backends[0]).repository.queryJobs({ sort: { name: 'asc' } });
    expect(jobs.map(({ name, state, data }) => ({ name, state, data }))).to.deep.equal([
      { name: 'failed', state: 'failed', data: { a: 1 } },
      { name: 'repeating', state: 'repeating', data: { a: 1 } },
    ]);
    expect((await present(backends[1]).repository.queryJobs({ state: 'failed', limit: 5 })).total).to.equal(
      1,
    );
    expect(await present(backends[0]).migrate(), 'nothing left to do').to.equal(false);
  });

  it('can try again to connect after a failure', async () => {
    const backend = standalone({ ensureSchema: false });
    expect(await backend.connect().catch(error => error)).to.be.an('error');
    await standalone().connect();
    await backend.connect();
    expect((await backend.repository.queryJobs()).total).to.equal(0);
  });

  it('closes a pool of its own and opens it again, and leaves a host pool alone', async () => {
    const backend = standalone();
    expect(backend).to.have.property('ownsConnection', true);
    for (let round = 0; round < 2; round++) {
      await backend.connect();
      await backend.repository.saveJob(aJob());
      await backend.disconnect();
    }
    expect((await backend.repository.queryJobs()).total, 'by a latecomer').to.equal(2);
    const hosted = await bench.backend();
    expect(hosted).to.have.property('ownsConnection', false);
    await hosted.disconnect();
    expect((await hosted.repository.queryJobs()).total).to.equal(0);
  });

  it('leaves no connection of its own behind, also after a latecomer', async () => {
    const pool = new Pool({ connection: testDatabaseUrl(), poolSize: 1 });
    const used = async () => {
      const [[row]] = await pool.use(() => asKnex(pool.knex).raw('SELECT CONNECTION_ID() AS id'));
      return Number(row.id);
    };
    const isOver = async (id: number) =>
      (await bench.db('information_schema.processlist').where('id', id)).length === 0;
    const first = await used();
    expect(await used(), 'kept while it is open').to.equal(first);
    await pool.close();
    await until(() => isOver(first));
    const late = await Promise.all([used(), used()]);
    await until(async () => (await Promise.all(late.map(isOver))).every(over => over));
    pool.open();
    expect(await used()).to.equal(await used());
    const waiting = Array.from({ length: 3 }, used); // two of them for the one connection
    await Promise.all([pool.close(), pool.close()]);
    const ids = await Promise.all(waiting);
    await until(async () => (await Promise.all(ids.map(isOver))).every(over => over));
  });

  it('says what it needs when it is given nothing, another database or another driver', () => {
    const attempt = (options: object) => () => new MysqlBackend(options as MysqlBackendOptions);
    expect(attempt({})).to.throw(/one of `knex` and `connection/);
    expect(attempt({ connection: 'postgres://me:secret@localhost/x' }))
      .to.throw(/mysql:\/\//)
      .with.property('message')
      .that.does.not.include('secret');
    expect(attempt({ connection: 'localhost:3306' })).to.throw(/mysql:\/\//);
    expect(attempt({ knex: knex({ client: 'better-sqlite3', useNullAsDefault: true }) })).to.throw(
      /mysql2, not on better-sqlite3/,
    );
  });

  it('refuses a prefix that is not a name', () => {
    expect(() => standalone({ tablePrefix: 'a`; DROP TABLE x; --' })).to.throw(/tablePrefix/);
  });

  it('repeats what a killed connection interrupted', async () => {
    const pool = bench.hostPool("SET time_zone = '+00:00'", { size: 1 });
    const { repository } = await bench.backend({ knex: pool, signals: false });
    const saved = await repository.saveJob(aJob());
    for (let round = 0; round < 3; round++) {
      const [[row]] = await pool.raw('SELECT CONNECTION_ID() AS id');
      await bench.db.raw(`KILL ${Number(row.id)}`);
      await repository.saveJobState({ ...saved, progress: round });
      expect(await repository.getJobById(`${saved._id}`)).to.have.property('progress', round);
    }
  });
});
