import { expect } from 'chai';
import { connect } from '../../db/connect.ts';
import { emptyTables, testDatabase, testDatabaseUrl } from '../support/database.ts';

describe('the test database', () => {
  it('is reached in UTC, with strict SQL and full Unicode', async () => {
    const [[row]] = await testDatabase().raw(
      `SELECT @@session.time_zone AS zone, @@session.sql_mode AS mode, '🐿' AS text, LENGTH('🐿') AS bytes`,
    );
    expect(row).to.include({ zone: '+00:00', text: '🐿', bytes: 4 });
    expect(row.mode).to.contain('STRICT_TRANS_TABLES');
  });

  it('gives back a moment as it was stored, to the millisecond', async () => {
    const moment = new Date('2026-03-29T01:30:00.123Z');
    const [[row]] = await testDatabase().raw('SELECT CAST(? AS DATETIME(3)) AS moment', [moment]);
    expect(row.moment).to.deep.equal(moment);
  });

  it('isolates transactions as READ COMMITTED: what another commits is seen by the next statement', async () => {
    const db = testDatabase();
    await withTable('isolation_probe', async table => {
      await db.transaction(async trx => {
        expect(await trx(table).select()).to.have.length(0);
        await db(table).insert({ id: 1 });
        expect(await trx(table).select()).to.have.length(1);
      });
    });
  });

  it('is emptied of our rows in spite of foreign keys, and keeps those of a host and the history of migrations', async () => {
    // A pool of its own: each asks for the names of our tables once.
    const db = connect(testDatabaseUrl(), { poolSize: 2 });
    const history = await db('postlane_migrations').select();
    try {
      await withTable('postlane_probe_a', async parent => {
        await withTable('postlane_probe_b', async child => {
          await withTable('probe_of_a_host', async theirs => {
            await db.raw('ALTER TABLE ?? ADD FOREIGN KEY (id) REFERENCES ?? (id)', [child, parent]);
            for (const table of [parent, child, theirs]) await db(table).insert({ id: 1 });
            await emptyTables(db);
            expect([...(await db(parent).select()), ...(await db(child).select())]).to.deep.equal([]);
            expect(await db(theirs).select()).to.deep.equal([{ id: 1 }]);
          });
        });
      });
    } finally {
      await db.destroy();
    }
    expect(await testDatabase()('postlane_migrations').select()).to.deep.equal(history);
    expect(history).to.not.have.length(0);
  });
});

async function withTable(name: string, work: (name: string) => Promise<void>): Promise<void> {
  const db = testDatabase();
  await db.raw('CREATE TABLE ?? (id INT NOT NULL PRIMARY KEY) ENGINE=InnoDB', [name]);
  try {
    await work(name);
  } finally {
    await db.raw('DROP TABLE ??', [name]);
  }
}
