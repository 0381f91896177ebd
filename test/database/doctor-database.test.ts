import { expect } from 'chai';
import { connect, type Db } from '../../db/connect.ts';
import { createDatabase, dropDatabase, migrate } from '../../db/migrate.ts';
import { command } from '../support/command.ts';
import { testDatabaseUrl } from '../support/database.ts';
import { type Examined, examined, expectBad } from '../support/doctor.ts';

describe('postlane doctor on databases that are not fit', function () {
  this.timeout(60_000);
  const url = new URL(testDatabaseUrl());
  url.pathname += '_doctor';
  const name = url.pathname.slice(1);
  let root: Db;

  before(async () => {
    await dropDatabase(url.href);
    await createDatabase(url.href);
    root = connect(url.href, { poolSize: 2 });
    await migrate(root);
    for (const user of users) await root.raw('DROP USER IF EXISTS ?@?', [user, '%']);
  });
  after(async () => {
    for (const user of users) await root.raw('DROP USER IF EXISTS ?@?', [user, '%']);
    await root.destroy();
    await dropDatabase(url.href);
  });

  const users = ['doctor_app', 'doctor_reader', 'doctor_late'];

  async function examine(given: URL = url): Promise<Examined> {
    const env = {
      DATABASE_URL: given.href,
      POSTMARK_SERVER_TOKEN: 'test-token',
      MAIL_FROM: 'a@sender.example',
    };
    const { exitCode, out } = await command(['doctor', '--json'], {
      ...env,
      POSTMARK_API_URL: 'http://127.0.0.1:1',
    });
    return examined(exitCode, out);
  }

  /** The same database for a new user with these rights. */
  async function asUser(user: string, ...rights: string[]): Promise<URL> {
    await root.raw('CREATE USER ?@? IDENTIFIED BY ?', [user, '%', 'a-password']);
    for (const right of rights) await root.raw(`GRANT ${right} TO ?@?`, [user, '%']);
    const given = new URL(url.href);
    given.username = user;
    given.password = 'a-password';
    return given;
  }

  const names = [
    'database',
    'database version',
    'database rights',
    'schema rights',
    'migrations',
    'database clock',
  ];

  it('finds nothing wrong with one that is', async () => {
    const seen = await examine();
    for (const check of [...names, 'database TLS', 'database charset'])
      expect(seen.of(check).ok, check).to.equal(true);
  });

  it('finds a wrong password, no such database and no server, and then leaves the rest alone', async () => {
    const wrong = new URL(url.href);
    wrong.username = 'nobody';
    wrong.password = 'wrong';
    const seen = await examine(wrong);
    expectBad(
      seen,
      'database',
      /does not accept this user and password/,
      /user and password in DATABASE_URL/,
    );
    expect(seen.of('migrations')).to.deep.include({ ok: null, found: 'The database was not reached.' });

    const missing = new URL(url.href);
    missing.pathname += '_missing';
    expectBad(await examine(missing), 'database', /no database of this name/, /CREATE DATABASE/);

    const down = new URL('mysql://root@127.0.0.1:1/shop');
    expectBad(await examine(down), 'database', /nothing listens/, /host and port/);
  });

  it('finds a schema that is older, and what its user may not', async () => {
    const app = await asUser('doctor_app', `SELECT, INSERT, UPDATE, DELETE ON ${name}.*`);
    const current = await examine(app);
    expect(current.of('database rights').ok).to.equal(true);
    expect(current.of('schema rights')).to.deep.include({ ok: null });
    expect(current.of('schema rights').remedy).to.match(/postlane migrate as a user who may/);

    const { name: last } = await root('postlane_migrations').select('name').orderBy('id', 'desc').first();
    const kept = await root('postlane_migrations').where({ name: last });
    await root('postlane_migrations').where({ name: last }).delete();
    try {
      const old = await examine(app);
      expectBad(old, 'migrations', new RegExp(`^Pending: ${last}\\.$`), /Run postlane migrate/);
      const env = {
        DATABASE_URL: app.href,
        POSTMARK_SERVER_TOKEN: 'test-token',
        MAIL_FROM: 'a@sender.example',
      };
      const status = await command(['status'], env);
      expect([status.exitCode, status.out]).to.deep.equal([1, '']);
      expect(status.err).to.match(/^The database lacks 1 of Postlane's migrations .*run "postlane migrate"/);
      expectBad(old, 'schema rights', /May not CREATE, ALTER/, /postlane migrate as a user who may/);
    } finally {
      await root('postlane_migrations').insert(kept);
    }
  });

  it('finds rights that are missing on a table', async () => {
    const reader = await asUser('doctor_reader', `SELECT ON ${name}.*`, `INSERT ON ${name}.postlane_events`);
    const seen = await examine(reader);
    expectBad(
      seen,
      'database rights',
      /UPDATE, DELETE on postlane_events/,
      /GRANT SELECT, INSERT, UPDATE, DELETE/,
    );
    expect(seen.of('database rights').found).to.contain('INSERT, UPDATE, DELETE on postlane_messages');
  });

  it('finds a table that was converted to another charset', async () => {
    await root.raw('ALTER TABLE postlane_webhook_passwords CONVERT TO CHARACTER SET latin1');
    expectBad(
      await examine(),
      'database charset',
      /Not utf8mb4: postlane_webhook_passwords/,
      /CONVERT TO CHARACTER SET/,
    );
  });

  it('finds a clock of the database that is wrong', async () => {
    const late = await asUser('doctor_late', `SELECT ON ${name}.*`);
    const [[{ before }]] = await root.raw('SELECT @@GLOBAL.init_connect AS `before`');
    // Run for every session of a user who is no administrator.
    await root.raw('SET GLOBAL init_connect = ?', ['SET timestamp = UNIX_TIMESTAMP() - 600']);
    try {
      expectBad(await examine(late), 'database clock', /is 10 min behind this machine/, /NTP/);
    } finally {
      await root.raw('SET GLOBAL init_connect = ?', [before]);
    }
  });
});
