import { expect } from 'chai';
import { connect } from '../../db/connect.ts';
import {
  oneByOne,
  openTogether,
  type Statement,
  type Together,
  after as takingAlong,
} from '../../db/together.ts';
import { testDatabase, testDatabaseUrl } from '../support/database.ts';

describe('transactions in few trips', () => {
  const db = testDatabase();
  let together: Together;

  before(async () => {
    together = openTogether(testDatabaseUrl()) as Together;
    await db.raw('CREATE TABLE together_test (id INT PRIMARY KEY, word VARCHAR(50)) ENGINE=InnoDB');
  });
  beforeEach(() => db('together_test').delete());
  after(async () => {
    await together.close();
    await db.raw('DROP TABLE together_test');
  });

  const insert = (id: number, word: string): Statement => ({
    sql: 'INSERT INTO together_test (id, word) VALUES (?, ?)',
    values: [id, word],
  });
  const select: Statement = {
    sql: 'SELECT word FROM together_test WHERE id IN (?) ORDER BY id',
    values: [['1', '2']],
  };
  const words = () => db('together_test').orderBy('id').pluck('word');
  const commits = async () => {
    const [[row]] = (await together.read([{ sql: "SHOW SESSION STATUS LIKE 'Com_commit'", values: [] }])) as [
      [{ Value: string }],
    ];
    return Number(row.Value);
  };

  it('commit all that they are given, with values that would end a statement', async () => {
    const before = await commits();
    await together.transaction(async () => [
      insert(1, "'; DROP TABLE together_test; -- "),
      insert(2, '?; \\'),
    ]);
    expect(await words()).to.deep.equal(["'; DROP TABLE together_test; -- ", '?; \\']);
    expect(await commits()).to.equal(before + 1);
  });

  it('see what they have done so far, and answer for each statement', async () => {
    await together.transaction(async trip => {
      const [inserted, found] = await trip([insert(1, 'one'), select]);
      expect(inserted).to.include({ affectedRows: 1 });
      expect(found).to.deep.equal([{ word: 'one' }]);
      expect(await words()).to.deep.equal([]);
      expect(await trip([select])).to.deep.equal([[{ word: 'one' }]]);
      return [insert(2, 'two')];
    });
    expect(await words()).to.deep.equal(['one', 'two']);
  });

  it('take waiting statements along on their first trip', async () => {
    await together.transaction(async trip => {
      const with1 = takingAlong([insert(1, 'one')], trip);
      expect(await with1([select])).to.deep.equal([[{ word: 'one' }]]);
      expect(await with1([select])).to.deep.equal([[{ word: 'one' }]]);
      return [];
    });
    expect(await words()).to.deep.equal(['one']);
  });

  it('leave nothing of one that fails, and are there for the next', async () => {
    const failed = async (work: Parameters<Together['transaction']>[0]) =>
      together.transaction(work).catch(error => error.code ?? error.message);
    expect(await failed(async () => [insert(1, 'one'), insert(1, 'again'), insert(2, 'two')])).to.equal(
      'ER_DUP_ENTRY',
    );
    expect(
      await failed(async trip => {
        await trip([insert(1, 'one')]);
        throw new Error('ours');
      }),
    ).to.equal('ours');
    expect(await words()).to.deep.equal([]);
    await together.transaction(async () => [insert(1, 'one')]);
    expect(await words()).to.deep.equal(['one']);
  });

  it('outlive a connection that is lost on the way', async () => {
    const lost = await together
      .transaction(async trip => {
        const [[{ id }]] = (await trip([{ sql: 'SELECT CONNECTION_ID() AS id', values: [] }])) as [
          [{ id: number }],
        ];
        await db.raw('KILL ?', [id]);
        return [insert(1, 'one')];
      })
      .catch(error => error);
    expect(lost).to.be.instanceOf(Error);
    await together.transaction(async () => [insert(2, 'two')]);
    expect(await words()).to.deep.equal(['two']);
  });

  it('are none with a host’s knex, where the same statements go one by one', async () => {
    const host = connect(testDatabaseUrl());
    try {
      expect(openTogether({ knex: host })).to.equal(null);
      await host.transaction(async trx => {
        const [, found] = await oneByOne(trx)([insert(1, 'one'), select]);
        expect(found).to.deep.equal([{ word: 'one' }]);
      });
    } finally {
      await host.destroy();
    }
  });
});
