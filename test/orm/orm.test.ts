import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { type CallerTransaction, type Mail, MailError, transactionAdapter } from '../../server/mail/index.ts';
import { testDatabase, testDatabaseUrl } from '../support/database.ts';
import { resetInput } from '../support/inputs.ts';
import { openMail } from '../support/mail.ts';
import { createScriptedTransport } from '../support/scripted-transport.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** What a library is asked to do: place an order and send its mail in one transaction. */
interface Shop {
  /** Commits, or rolls back when `work` throws. */
  transaction<T>(order: number, work: (trx: CallerTransaction) => Promise<T>): Promise<T>;
  close(): Promise<unknown>;
}

// Not typed: the root's types are checked without these packages.
// biome-ignore lint/suspicious/noExplicitAny: see above
const load = async (name: string): Promise<any> => {
  const module = await import(name);
  return module.default ?? module;
};

/** Where the test database is, as these libraries want to hear it. */
function place() {
  const url = new URL(testDatabaseUrl());
  const socketPath = url.searchParams.get('socketPath');
  return {
    database: url.pathname.slice(1),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    ...(socketPath ? { socketPath } : { host: url.hostname, port: Number(url.port || 3306) }),
  };
}

const insert = (order: number) => `INSERT INTO host_orders (id, note) VALUES (${order}, 'bought')`;

const shops: Record<string, () => Promise<Shop>> = {
  'knex 2.5': async () => {
    const knex = await load('knex');
    const db = knex({ client: 'mysql2', connection: place() });
    return {
      transaction: (order, work) =>
        db.transaction(
          async (trx: CallerTransaction & ((table: string) => { insert(row: object): unknown })) => {
            await trx('host_orders').insert({ id: order, note: 'bought' });
            return work(trx);
          },
        ),
      close: () => db.destroy(),
    };
  },
  'mysql2, with promises': async () => {
    const mysql = await load('mysql2/promise');
    const connection = await mysql.createConnection(place());
    return {
      async transaction(order, work) {
        await connection.beginTransaction();
        const trx = transactionAdapter(sql => connection.query(sql));
        try {
          await connection.query(insert(order));
          const result = await work(trx);
          await connection.commit();
          trx.committed();
          return result;
        } catch (error) {
          await connection.rollback();
          throw error;
        }
      },
      close: () => connection.end(),
    };
  },
  'mysql2, with callbacks': async () => {
    const mysql = await load('mysql2');
    const connection = mysql.createConnection(place());
    const query = promisify(connection.query.bind(connection)) as (sql: string) => Promise<unknown>;
    return {
      async transaction(order, work) {
        await query('BEGIN');
        const trx = transactionAdapter(query);
        try {
          await query(insert(order));
          const result = await work(trx);
          await query('COMMIT');
          trx.committed();
          return result;
        } catch (error) {
          await query('ROLLBACK');
          throw error;
        }
      },
      close: () => promisify(connection.end.bind(connection))(),
    };
  },
  Sequelize: async () => {
    const { Sequelize } = await load('sequelize');
    const { socketPath, host, port, ...at } = place() as Record<string, string>;
    const sequelize = new Sequelize(at.database, at.user, at.password, {
      ...{ dialect: 'mysql', logging: false, host, port, dialectOptions: socketPath ? { socketPath } : {} },
    });
    return {
      transaction: (order, work) =>
        sequelize.transaction(async (transaction: { afterCommit(work: () => void): void }) => {
          await sequelize.query(insert(order), { transaction });
          return work({
            query: sql => sequelize.query(sql, { transaction }),
            afterCommit: done => transaction.afterCommit(done),
          });
        }),
      close: () => sequelize.close(),
    };
  },
  TypeORM: async () => {
    const { DataSource } = await load('typeorm');
    const { user: username, ...at } = place();
    const source = await new DataSource({ type: 'mysql', username, ...at }).initialize();
    return {
      async transaction(order, work) {
        let adapter: ReturnType<typeof transactionAdapter> | undefined;
        const result = await source.transaction(async (manager: { query(sql: string): Promise<unknown> }) => {
          adapter = transactionAdapter(sql => manager.query(sql));
          await manager.query(insert(order));
          return work(adapter);
        });
        adapter?.committed();
        return result;
      },
      close: () => source.destroy(),
    };
  },
  Drizzle: async () => {
    const mysql = await load('mysql2/promise');
    const { drizzle } = await import('drizzle-orm/mysql2' as string);
    const { sql } = await import('drizzle-orm' as string);
    const pool = mysql.createPool(place());
    const db = drizzle(pool);
    return {
      async transaction(order, work) {
        let adapter: ReturnType<typeof transactionAdapter> | undefined;
        const result = await db.transaction(async (tx: { execute(query: unknown): Promise<unknown> }) => {
          adapter = transactionAdapter(text => tx.execute(sql.raw(text)));
          await tx.execute(sql.raw(insert(order)));
          return work(adapter);
        });
        adapter?.committed();
        return result;
      },
      close: () => pool.end(),
    };
  },
  Prisma: async () => {
    // The client is generated by JavaScript alone; the engine for migrations is a download that nobody here needs.
    const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath };
    await promisify(execFile)(process.execPath, ['node_modules/prisma/build/index.js', 'generate'], {
      cwd: folder,
      env,
    });
    const { PrismaClient } = await load('./node_modules/.shop-client/index.js');
    const { PrismaMariaDb } = await import('@prisma/adapter-mariadb' as string);
    const prisma = new PrismaClient({ adapter: new PrismaMariaDb({ ...place(), connectionLimit: 2 }) });
    return {
      async transaction(order, work) {
        let adapter: ReturnType<typeof transactionAdapter> | undefined;
        const result = await prisma.$transaction(
          async (tx: {
            order: { create(row: object): unknown };
            $queryRawUnsafe(sql: string): Promise<unknown>;
          }) => {
            adapter = transactionAdapter(sql => tx.$queryRawUnsafe(sql));
            await tx.order.create({ data: { id: order, note: 'bought' } });
            return work(adapter);
          },
        );
        adapter?.committed();
        return result;
      },
      close: () => prisma.$disconnect(),
    };
  },
};

for (const [library, open] of Object.entries(shops)) {
  describe(`a message in a transaction of ${library}`, function () {
    this.timeout(60_000);
    const db = testDatabase();
    const api = createScriptedTransport('postmark-api');
    let mail: Mail;
    let shop: Shop | undefined;

    before(async function () {
      if (!existsSync(`${folder}node_modules`)) return this.skip();
      mail = await openMail({ transports: [api] });
      await db.raw('DROP TABLE IF EXISTS host_orders');
      await db.raw('CREATE TABLE host_orders (id INT PRIMARY KEY, note VARCHAR(20) NOT NULL)');
      shop = await open();
    });
    after(async () => {
      await shop?.close();
      await mail?.close();
      await db.raw('DROP TABLE IF EXISTS host_orders');
    });

    const transaction: Shop['transaction'] = (order, work) => {
      if (!shop) throw new Error('There is no shop.');
      return shop.transaction(order, work);
    };
    const nasty = 'Zoë \\ \' " ? :name $1 日本 😀';
    const input = (key: string) =>
      resetInput({
        to: { email: 'ada@mail.example', name: nasty },
        idempotencyKey: `${key} ${nasty}`,
        attachments: [{ name: 'a.txt', content: Buffer.from([0, 39, 92, 255]) }],
      });

    it('exists with the commit, and leaves right after it', async () => {
      const { id } = await transaction(1, trx => mail.send(input('one'), { trx }));
      expect(await db('host_orders').where({ id: 1 })).to.have.length(1);
      for (let i = 0; i < 100 && api.given.length === 0; i++) await new Promise(done => setTimeout(done, 20));
      expect((await mail.messages.get(id))?.state).to.equal('sent');
      expect(api.given[0]?.to).to.deep.equal({ email: 'ada@mail.example', name: nasty });
      expect(api.given[0]?.attachments[0]?.content).to.deep.equal(Buffer.from([0, 39, 92, 255]));
    });

    it('is gone with a rollback', async () => {
      let sent = '';
      const undone = await transaction(2, async trx => {
        sent = (await mail.send(input('two'), { trx })).id;
        throw new Error('out of stock');
      }).catch((error: Error) => error.message);
      expect(undone).to.equal('out of stock');
      expect(sent).to.match(/^[0-9a-f-]{36}$/);
      expect(await mail.messages.get(sent)).to.equal(null);
      expect(await db('host_orders').where({ id: 2 })).to.have.length(0);
      const again = await transaction(2, trx => mail.send(input('two'), { trx }));
      expect(again.repeated).to.equal(false);
    });

    it('is the first answer again under the same key, and leaves the transaction usable', async () => {
      const first = await mail.send(input('three'), { wait: true });
      const results = await transaction(3, async trx => {
        const again = await mail.send(input('three'), { trx });
        const other = await mail
          .send({ ...input('three'), to: 'eve@mail.example' }, { trx })
          .catch((e: Error) => e);
        const more = await mail.sendBatch([input('four'), input('five')], { trx });
        return { again, other, more };
      });
      expect(results.again).to.include({ id: first.id, repeated: true });
      expect(results.other).to.be.instanceOf(MailError).and.include({ code: 'idempotency-conflict' });
      expect(results.more.map(({ ok }) => ok)).to.deep.equal([true, true]);
      expect(await db('host_orders').where({ id: 3 })).to.have.length(1);
    });

    it('is refused once the transaction has ended', async () => {
      let ended: CallerTransaction | undefined;
      await transaction(4, async trx => {
        ended = trx;
      });
      const count = await db('postlane_messages').count({ n: '*' });
      const error = await mail.send(input('late'), { trx: ended }).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(MailError).and.include({ code: 'invalid-input', field: 'trx' });
      expect(await db('postlane_messages').count({ n: '*' })).to.deep.equal(count);
    });
  });
}
