import { expect } from 'chai';
import { pino } from 'pino';
import { connect, type Db } from '../../db/connect.ts';
import { createDatabase, dropDatabase, migrate, migrateSql } from '../../db/migrate.ts';
import { addColumnIfMissing } from '../../db/migrations/helpers.ts';
import { readSchema } from '../../db/schema.ts';
import { createMail } from '../../server/mail/index.ts';
import { startWorker } from '../../worker/index.ts';
import { testDatabase, testDatabaseUrl } from '../support/database.ts';
import { resetInput } from '../support/inputs.ts';
import { testConfig } from '../support/mail.ts';
import { createScriptedTransport } from '../support/scripted-transport.ts';

describe('migrate, in a database of somebody', () => {
  const url = new URL(testDatabaseUrl());
  url.pathname = `${url.pathname}_dba`;
  const name = url.pathname.slice(1);
  const user = `pl_${process.pid}`;
  let db: Db;

  beforeEach(async () => {
    await dropDatabase(url.href);
    await createDatabase(url.href);
    db = connect(url.href);
  });
  afterEach(() => db.destroy());
  after(async () => {
    await dropDatabase(url.href);
    await testDatabase().raw(`DROP USER IF EXISTS '${user}'@'%', '${user}'@'localhost'`);
  });

  const tables = async (): Promise<string[]> => {
    const [rows] = await db.raw('SHOW TABLES');
    return rows.map((row: object) => String(Object.values(row)[0])).sort();
  };
  const refusal = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'It was not refused.',
      (error: Error) => error.message,
    );

  /** The database as a user with these rights reaches it. */
  const urlAs = async (rights: string): Promise<string> => {
    for (const host of ['%', 'localhost']) {
      await db.raw(`DROP USER IF EXISTS '${user}'@'${host}'`);
      await db.raw(`CREATE USER '${user}'@'${host}' IDENTIFIED BY 'pw'`);
      await db.raw(`GRANT ${rights} ON \`${name}\`.* TO '${user}'@'${host}'`);
    }
    const as = new URL(url);
    [as.username, as.password] = [user, 'pw'];
    return as.href;
  };

  const send = async (database: string, options: { migrate?: boolean } = {}): Promise<string> => {
    const transport = createScriptedTransport('postmark-api');
    const config = { ...testConfig(), database, logger: pino({ level: 'silent' }), ...options };
    const mail = await createMail(config, { transports: [transport] });
    try {
      await mail.templates.files.import();
      return (await mail.send(resetInput(), { wait: true })).state;
    } finally {
      await mail.close();
    }
  };

  it('names everything that collides before it does anything', async () => {
    await db.raw('CREATE TABLE postlane_messages (id INT PRIMARY KEY, theirs INT)');
    await db.raw('CREATE VIEW postlane_events AS SELECT 1 AS id');
    await db.raw(
      `CREATE TABLE postlane_cursors ENGINE=MyISAM AS SELECT * FROM ${testName()}.postlane_cursors`,
    );
    await db.raw(
      `CREATE TABLE postlane_consents DEFAULT CHARSET=latin1 AS SELECT * FROM ${testName()}.postlane_consents`,
    );
    const before = await tables();
    const message = await refusal(migrate(db));
    expect(message).to.match(/Nothing was migrated:/);
    expect(message).to.match(
      /postlane_messages exists and is not Postlane's \(it has no column state, lane, due_at\)/,
    );
    expect(message).to.match(/postlane_events exists as a view/);
    expect(message).to.match(/postlane_cursors is stored by MyISAM/);
    expect(message).to.match(/postlane_consents has the collation latin1/);
    expect(await tables()).to.deep.equal(before);
  });

  const testName = () => new URL(testDatabaseUrl()).pathname.slice(1);

  it("refuses a history that is somebody else's", async () => {
    await db.raw('CREATE TABLE postlane_migrations (version INT PRIMARY KEY)');
    expect(await refusal(migrate(db))).to.match(/postlane_migrations is not Postlane's/);
    await db.raw('DROP TABLE postlane_migrations');
    await db.raw(
      'CREATE TABLE postlane_migrations (id INT, name VARCHAR(255), batch INT, migration_time TIMESTAMP NULL)',
    );
    await db('postlane_migrations').insert({ name: 'create_shops.js' } as never);
    expect(await refusal(migrate(db))).to.match(/create_shops.js that is not Postlane's/);
    expect(await tables()).to.deep.equal(['postlane_migrations']);
  });

  it('names the rights that a user lacks, and works without them once somebody has migrated', async function () {
    const as = await urlAs('SELECT, INSERT, UPDATE, DELETE').catch(() => null);
    // A server that was given to the tests may not let them make users.
    if (as === null) return this.skip();
    const message = await refusal(send(as));
    expect(message)
      .to.match(/may not CREATE, INDEX, REFERENCES.* on .*_dba/)
      .and.include('postlane migrate --sql');
    expect(await tables()).to.deep.equal([]);
    expect(await refusal(send(as, { migrate: false }))).to.match(
      /lacks \d+ of Postlane's migrations .* run "postlane migrate"/,
    );
    await migrate(db);
    expect(await send(as)).to.equal('sent');
    expect(await send(as, { migrate: false })).to.equal('sent');
    const config = { ...testConfig(), database: as, logLevel: 'silent' };
    const worker = await startWorker(config, { transports: [createScriptedTransport('postmark-api')] });
    await worker.stop();
  });

  it('is done as well by hand, with the statements that it prints', async () => {
    const sql = await migrateSql(db);
    expect(await tables(), 'printing changes nothing').to.deep.equal([]);
    for (const statement of sql.split(/;\n/).filter(text => text.trim()))
      await db.raw(statement.replaceAll('?', '\\?'));
    expect(await migrateSql(db)).to.equal('');
    expect(await migrate(db)).to.deep.equal([]);
    expect(await readSchema(db)).to.equal(await readSchema(testDatabase()));
    expect(await send(url.href)).to.equal('sent');
  });

  it('lets a release go on working on what a newer one has added, and refuses what it has taken away', async () => {
    await migrate(db);
    // The newer release of a rolling deploy, as the rules of a migration allow it.
    await addColumnIfMissing(db, 'postlane_messages', 'weight', 'INT NOT NULL DEFAULT 7');
    await db.raw('CREATE TABLE postlane_news (id INT PRIMARY KEY)');
    const ran = (migration: string) =>
      db('postlane_migrations').insert({ name: migration, batch: 2, migration_time: new Date() } as never);
    await ran('29990101_weight');
    expect(await migrate(db)).to.deep.equal([]);
    expect(await send(url.href)).to.equal('sent');
    expect(await send(url.href, { migrate: false })).to.equal('sent');
    expect(await db('postlane_messages').pluck('weight' as never)).to.deep.equal([7, 7]);

    await ran('29990201_drop_note_after_20261201');
    expect(await send(url.href), 'it does without already').to.equal('sent');
    await ran('29990301_drop_state_after_29990101');
    expect(await refusal(send(url.href))).to.match(
      /taken away what this version needs .*29990301_drop_state/,
    );
    expect(await refusal(send(url.href, { migrate: false }))).to.match(/install that version or a later one/);
  });
});
