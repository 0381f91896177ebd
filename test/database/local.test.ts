import { expect } from 'chai';
import { emptyTables, testDatabase } from '../support/database.ts';

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

  it('is emptied of rows in spite of foreign keys, and keeps the history of migrations', async () => {
    const db = testDatabase();
    const history = await db('postlane_migrations').select();
    await withTable('empty_probe_a', async parent => {
      await withTable('empty_probe_b', async child => {
        await db.raw('ALTER TABLE ?? ADD FOREIGN KEY (id) REFERENCES ?? (id)', [child, parent]);
        await db(parent).insert({ id: 1 });
        await db(child).insert({ id: 1 });
        await emptyTables(db);
        expect([...(await db(parent).select()), ...(await db(child).select())]).to.deep.equal([]);
      });
    });
    expect(await db('postlane_migrations').select()).to.deep.equal(history);
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
