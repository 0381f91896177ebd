import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { pino } from 'pino';
import { connect, type Db } from '../../db/connect.ts';
import { createDatabase, dropDatabase, migrate } from '../../db/migrate.ts';
import { addColumnIfMissing, addIndexIfMissing } from '../../db/migrations/helpers.ts';
import { migrations } from '../../db/migrations/index.ts';
import { createMail } from '../../server/mail/index.ts';
import { testDatabase, testDatabaseUrl } from '../support/database.ts';
import { resetInput } from '../support/inputs.ts';
import { testConfig } from '../support/mail.ts';
import { accept, createScriptedTransport } from '../support/scripted-transport.ts';

describe('migrate', () => {
  // As long as a database's name may be.
  const url = new URL(testDatabaseUrl());
  url.pathname = `${url.pathname}_migrate_`.padEnd(65, 'x');
  let db: Db;

  beforeEach(async () => {
    await dropDatabase(url.href);
    await createDatabase(url.href);
    db = connect(url.href);
  });
  afterEach(() => db.destroy());
  after(() => dropDatabase(url.href));

  it('runs every migration once, however many processes start together', async () => {
    const pools = [connect(url.href), connect(url.href), connect(url.href)];
    try {
      const ran = await Promise.all(pools.map(migrate));
      const history = await db('postlane_migrations').pluck('name');
      expect(ran.flat().sort()).to.deep.equal(history.sort());
      expect(ran.filter(names => names.length > 0)).to.have.length(1);
    } finally {
      await Promise.all(pools.map(pool => pool.destroy()));
    }
  });

  it('does nothing the second time', async () => {
    expect(await migrate(db)).to.deep.equal(Object.keys(migrations));
    expect(await migrate(db)).to.deep.equal([]);
  });

  it('completes what a killed process began, wherever that was', async function () {
    this.timeout(120_000);
    let survived = false;
    const moments = [3, 8, 13, 14, 20, 27, 35, 42];
    for (const moment of moments) {
      survived = !(await migrateAndDie(url.href, moment));
      await migrate(db);
      expect(await tablesIn(db), `killed at statement ${moment}`).to.deep.equal(
        await tablesIn(testDatabase()),
      );
      await dropDatabase(url.href);
      await createDatabase(url.href);
    }
    expect(survived, 'no kill came too late').to.equal(false);
  });

  it('goes on from where several killed processes have left it', async function () {
    this.timeout(60_000);
    for (const moment of [9, 16, 30]) expect(await migrateAndDie(url.href, moment)).to.equal(true);
    expect(await migrate(db)).to.deep.equal(Object.keys(migrations));
    expect(await tablesIn(db)).to.deep.equal(await tablesIn(testDatabase()));
  });

  it('takes over the lock of a process that is gone, and runs again what is not in the history', async () => {
    await migrate(db);
    await db('postlane_migrations').delete();
    await db('postlane_migrations_lock').update({ is_locked: 1 });
    expect(await migrate(db)).to.deep.equal(Object.keys(migrations));
    expect(await db('postlane_migrations_lock').pluck('is_locked')).to.deep.equal([0]);
  });

  it('leaves the tables of a host alone, and works beside them', async () => {
    for (const table of tablesOfHost) {
      await db.raw('CREATE TABLE ?? (number INT NOT NULL PRIMARY KEY, theirs VARCHAR(20), KEY (theirs))', [
        table,
      ]);
      await db(table).insert({ number: 7, theirs: table });
    }
    const before = await tablesIn(db, '%');
    await migrate(db);

    const transport = createScriptedTransport('postmark-api', accept);
    const config = { ...testConfig(), database: url.href, logger: pino({ level: 'silent' }) };
    const mail = await createMail(config, { transports: [transport] });
    await mail.templates.files.import();
    try {
      const { id, state } = await mail.send(resetInput(), { wait: true });
      expect(state).to.equal('sent');
      expect(await mail.messages.get(id)).to.include({ state: 'sent' });
    } finally {
      await mail.close();
    }

    expect(await tablesIn(db, '%')).to.include(before);
    for (const table of tablesOfHost) {
      expect(await db(table).select()).to.deep.equal([{ number: 7, theirs: table }]);
    }
    const ours = Object.keys(await tablesIn(db, '%')).filter(name => !tablesOfHost.includes(name));
    expect(ours.filter(name => !name.startsWith('postlane_'))).to.deep.equal([]);
  });
});

describe('the helpers of migrations', () => {
  const db = testDatabase();
  const table = 'postlane_helpers_probe';

  beforeEach(async () => {
    await db.raw('DROP TABLE IF EXISTS ??', [table]);
    await db.raw('CREATE TABLE ?? (id INT NOT NULL PRIMARY KEY)', [table]);
  });
  after(() => db.raw('DROP TABLE IF EXISTS ??', [table]));

  it('add columns and indexes once, however often they are called', async () => {
    for (let call = 0; call < 2; call += 1) {
      await addColumnIfMissing(db, table, 'note', "VARCHAR(20) NOT NULL DEFAULT 'none'");
      await addIndexIfMissing(db, table, 'probe_note', ['note', 'id']);
      await addIndexIfMissing(db, table, 'probe_unique', ['note'], 'UNIQUE KEY');
    }
    await db(table).insert({ id: 1 });
    expect(await db(table).select()).to.deep.equal([{ id: 1, note: 'none' }]);
    const [indexes] = await db.raw('SHOW INDEX FROM ??', [table]);
    expect(
      indexes.map((row: Record<string, unknown>) => [row.Key_name, row.Column_name, Number(row.Non_unique)]),
    ).to.have.deep.members([
      ['PRIMARY', 'id', 0],
      ['probe_note', 'note', 1],
      ['probe_note', 'id', 1],
      ['probe_unique', 'note', 0],
    ]);
  });
});

const tablesOfHost = [
  ...[
    'accounts',
    'agenda_jobs',
    'attachments',
    'attempts',
    'campaigns',
    'consents',
    'events',
    'knex_migrations',
  ],
  ...['message_contents', 'messages', 'migrations', 'sessions', 'suppressions', 'template_versions', 'users'],
];

/** Returns whether it died, and not merely ended. */
async function migrateAndDie(url: string, statement: number): Promise<boolean> {
  const script = fileURLToPath(new URL('../support/killed-migration.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, url, String(statement)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code, signal] = await once(child, 'exit');
  expect(code === 0 || signal === 'SIGKILL').to.equal(true);
  return signal === 'SIGKILL';
}

/** The definition of each table whose name is like that, without what depends on its rows. */
async function tablesIn(db: Db, like = 'postlane\\_%'): Promise<Record<string, string>> {
  const names: string[] = await db('information_schema.tables')
    .whereRaw('table_schema = DATABASE() AND table_name LIKE ?', [like])
    .select({ name: 'table_name' })
    .orderBy('table_name')
    .then((rows: { name: string }[]) => rows.map(({ name }) => name));
  const tables: Record<string, string> = {};
  for (const name of names) {
    const [[row]] = await db.raw('SHOW CREATE TABLE ??', [name]);
    tables[name] = row['Create Table'].replace(/ AUTO_INCREMENT=\d+/, '');
  }
  return tables;
}
