import { expect } from 'chai';
import type { Knex } from 'knex';
import { createDatabase, dropDatabase } from '../../db/migrate.ts';
import { type Mail, MailError, type SendOptions } from '../../server/mail/index.ts';
import { testDatabase, testDatabaseUrl } from '../support/database.ts';
import { hostPool, latin1, oddHosts } from '../support/host-pools.ts';
import { resetInput, upgradeData, upgradeInput } from '../support/inputs.ts';
import { openMail } from '../support/mail.ts';
import { createScriptedTransport, type ScriptedTransport } from '../support/scripted-transport.ts';

describe("send in a caller's transaction", () => {
  const db = testDatabase();
  const pools: Knex[] = [];
  let mail: Mail;
  let api: ScriptedTransport;

  before(async () => {
    api = createScriptedTransport('postmark-api');
    mail = await openMail({ transports: [api] });
  });
  after(async () => {
    await mail.close();
    await Promise.all(pools.map(pool => pool.destroy()));
  });

  const pool = (...options: Parameters<typeof hostPool>): Knex => {
    const made = hostPool(...options);
    pools.push(made);
    return made;
  };

  const stored = async () => (await db('postlane_messages').select('id')).length;

  const sentWithin = async (id: string): Promise<void> => {
    for (let tries = 0; tries < 100; tries++) {
      if ((await mail.messages.get(id))?.state === 'sent') return;
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    throw new Error('It was not handed over after the commit.');
  };

  const line = 'Zoë \\ \' " ? :name $1 ?? `x` 日本 😀 -- /*';
  const nasty = `${line} \u2028\n`;

  for (const [what, options] of Object.entries({ ...oddHosts, 'a latin1 session': latin1 })) {
    it(`loses nothing in a host with ${what}`, async () => {
      const host = pool(options);
      const input = upgradeInput({
        to: { email: 'ada@mail.example', name: 'Zoë \\ 日本 😀' },
        metadata: { note: 'é\\' },
        idempotencyKey: `${what} ${line}`,
        data: { ...upgradeData(1), benefits: [{ title: nasty, text: line }] },
        attachments: [{ name: `${line}.txt`, content: Buffer.from([0, 255, 39, 92, 63]) }],
        sendAt: '2030-07-01T12:00:00.123Z',
      });
      const undone = await host.transaction();
      const { id: never } = await mail.send(input, { trx: undone });
      await undone.rollback();
      expect(await mail.messages.get(never)).to.equal(null);

      const { id } = await host.transaction(trx => mail.send(input, { trx }));
      const again = await host.transaction(trx => mail.send(input, { trx }));
      expect(again).to.include({ id, repeated: true });
      const whole = await mail.messages.get(id);
      expect(whole?.dueAt?.toISOString()).to.equal('2030-07-01T12:00:00.123Z');
      const content = JSON.parse(
        (await db('postlane_message_contents').where({ message_id: id }))[0].content,
      );
      expect(content.to).to.deep.equal([{ email: 'ada@mail.example', name: 'Zoë \\ 日本 😀' }]);
      expect(content.data.benefits).to.deep.equal([{ title: nasty, text: line }]);
      expect(content.metadata).to.deep.equal({ note: 'é\\' });
      const [file] = await db('postlane_message_attachments as f')
        .join('postlane_attachments as a', 'a.hash', 'f.hash')
        .where({ message_id: id })
        .select('name', 'content');
      expect(file.name).to.equal(`${line}.txt`);
      expect(file.content).to.deep.equal(Buffer.from([0, 255, 39, 92, 63]));
      const [{ idempotency_key }] = await db('postlane_messages').where({ id });
      expect(idempotency_key).to.equal(`${what} ${line}`);
    });
  }

  it('hands over right after the commit, and leaves the session of the host as it was', async () => {
    const host = pool({
      begin: "SET SESSION innodb_lock_wait_timeout = 17, SESSION sql_mode = 'ANSI_QUOTES'",
    });
    const settings =
      'SELECT @@sql_mode AS mode, @@time_zone AS zone, @@innodb_lock_wait_timeout AS wait, @@autocommit AS auto';
    const trx = await host.transaction({ isolationLevel: 'serializable' });
    const [[before]] = await trx.raw(settings);
    const { id } = await mail.send(resetInput(), { trx });
    const [[after]] = await trx.raw(settings);
    expect(after).to.deep.equal(before);
    expect(await mail.messages.get(id)).to.equal(null);
    await trx.commit();
    await sentWithin(id);
  });

  it('counts a savepoint of the caller as part of the whole', async () => {
    const host = pool();
    const ids = await host.transaction(async outer => {
      const kept = await outer.transaction(inner => mail.send(resetInput(), { trx: inner }));
      const undone = await outer.transaction();
      const gone = await mail.send(resetInput(), { trx: undone });
      await undone.rollback();
      return { kept: kept.id, gone: gone.id };
    });
    await sentWithin(ids.kept);
    expect(await mail.messages.get(ids.gone)).to.equal(null);
  });

  it('leaves no half of a message when a caller goes on after an error', async () => {
    const host = pool();
    const attachments = [{ name: 'x.txt', content: Buffer.from('never stored before') }];
    const before = await stored();
    const trx = await host.transaction();
    await db.raw('RENAME TABLE postlane_attachments TO postlane_attachments_away');
    try {
      const failure = await mail.send(resetInput({ attachments }), { trx }).catch((error: unknown) => error);
      expect(failure).to.be.an('error').and.include({ errno: 1146 });
    } finally {
      await trx.commit();
      await db.raw('RENAME TABLE postlane_attachments_away TO postlane_attachments');
    }
    expect(await stored()).to.equal(before);
  });

  const refusal = async (options: unknown): Promise<MailError> => {
    const n = await stored();
    const error = await mail.send(resetInput(), options as SendOptions).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(MailError);
    expect(await stored(), 'nothing is stored').to.equal(n);
    return error as MailError;
  };

  it('refuses by name what is no open transaction', async () => {
    const host = pool();
    const ended = await host.transaction();
    await ended.commit();
    const query = (sql: string) => host.raw(sql);
    const cases: [unknown, RegExp][] = [
      [{ trx: null }, /trx is null: begin the transaction first/],
      [{ trx: host }, /knex instance is no transaction/],
      [{ trx: ended }, /has ended already/],
      [{ trx: {} }, /no transaction: give a transaction of knex, or an adapter/],
      [{ trx: { query } }, /connection needs an adapter/],
      [{ trx: { query, getConnection() {} } }, /pool is no transaction/],
      [{ trx: { query, afterCommit() {} } }, /outside of a transaction/],
    ];
    for (const [options, expected] of cases) {
      const { code, field, message } = await refusal(options);
      expect({ code, field }).to.deep.equal({ code: 'invalid-input', field: 'trx' });
      expect(message).to.match(expected);
    }
    const misspelt = await refusal({ transaction: ended });
    expect(misspelt).to.include({ code: 'invalid-input', field: 'transaction' });
    expect(misspelt.message).to.match(/no option transaction: .* trx/);
    const batch = await mail
      .sendBatch([resetInput()], { tx: 1 } as SendOptions)
      .catch((error: unknown) => error);
    expect(batch).to.be.instanceOf(MailError).and.include({ field: 'tx' });
  });

  it('refuses a transaction on a database without our tables, or with others of their names', async () => {
    const url = new URL(testDatabaseUrl());
    url.pathname += '_host';
    const database = url.pathname.slice(1);
    await dropDatabase(url.href);
    await createDatabase(url.href);
    try {
      const host = pool({}, { database });
      const trx = await host.transaction();
      expect((await refusal({ trx })).message).to.match(/another database: the tables of Postlane are in/);
      for (const table of ['messages', 'message_contents', 'attempts', 'migrations'])
        await host.raw(
          `CREATE TABLE postlane_${table} LIKE ${new URL(testDatabaseUrl()).pathname.slice(1)}.postlane_${table}`,
        );
      const other = await host.transaction();
      expect((await refusal({ trx: other })).message).to.match(/another database/);
      expect(await host('postlane_messages').select('id')).to.deep.equal([]);
      await other.rollback();
      await trx.rollback();
    } finally {
      await dropDatabase(url.href);
    }
  });
});
