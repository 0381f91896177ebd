import { expect } from 'chai';
import type { Knex } from 'knex';
import { createConnection } from 'mysql2/promise';
import { connectionSettings } from '../../db/database-options.ts';
import {
  type CallerTransaction,
  type ChangeOptions,
  type Mail,
  transactionAdapter,
} from '../../server/mail/index.ts';
import type { Provider } from '../../server/mail/providers/provider.ts';
import { createCarrier } from '../support/carrier.ts';
import { testDatabase, testDatabaseUrl } from '../support/database.ts';
import { hostPool, latin1, oddHosts } from '../support/host-pools.ts';
import { newsletterData } from '../support/inputs.ts';
import { openMail } from '../support/mail.ts';
import { refusal } from '../support/refusal.ts';
import { createScriptedTransport } from '../support/scripted-transport.ts';

const nasty = 'Zoë \\ \' " ? :name $1 ?? 日本 😀 -- /*';
const draft = {
  name: nasty,
  template: 'newsletter',
  topic: 'news',
  data: { ...newsletterData, intro: nasty },
};
const streams = ['news', 'sport'];

/** A transaction of a host's: ends as `work` does, committed or, when that throws, rolled back. */
type Begin = (work: (trx: CallerTransaction) => Promise<unknown>) => Promise<unknown>;

describe("campaigns, suppressions and consent in a host's own transaction", () => {
  const db = testDatabase();
  const pools: Knex[] = [];
  let mail: Mail;

  beforeEach(async () => {
    mail = await openMail({ transports: [createScriptedTransport('postmark-smtp')] });
  });
  afterEach(async () => {
    await mail.close();
    await Promise.all(pools.splice(0).map(pool => pool.destroy()));
  });

  const pool = (...options: Parameters<typeof hostPool>): Knex => {
    const made = hostPool(...options);
    pools.push(made);
    return made;
  };

  const byKnex =
    (host: Knex): Begin =>
    work =>
      host.transaction(trx => work(trx));
  const byAdapter: Begin = async work => {
    const connection = await createConnection({
      ...(connectionSettings(testDatabaseUrl()) as object),
    });
    const adapter = transactionAdapter(sql => connection.query(sql));
    try {
      await connection.beginTransaction();
      await work(adapter);
      await connection.commit();
      adapter.committed();
    } catch (error) {
      await connection.rollback();
      throw error;
    } finally {
      await connection.end();
    }
  };

  /** Every change that there is, in one transaction; the ids of two campaigns. */
  const changeAll = async (trx: CallerTransaction): Promise<{ launched: string; emptied: string }> => {
    const once: ChangeOptions = { trx, by: nasty, idempotencyKey: nasty };
    const { id: launched } = await mail.campaigns.create(draft, once);
    expect((await mail.campaigns.create(draft, once)).id).to.equal(launched);
    const recipients = [{ to: 'ada@mail.example', name: nasty }, { to: 'bob@mail.example' }];
    expect(await mail.campaigns.addRecipients(launched, recipients, { trx })).to.include({ added: 2 });
    expect(await mail.campaigns.launch(launched, { trx })).to.include({ state: 'scheduled', audience: 2 });
    expect(await refusal(mail.campaigns.retryFailed(launched, { trx }))).to.include({ code: 'wrong-state' });
    const { id: emptied } = await mail.campaigns.create(draft, { trx });
    await mail.campaigns.addRecipients(emptied, recipients, { trx });
    expect(await mail.campaigns.removeRecipients(emptied, { trx })).to.equal(2);
    for (const stream of streams)
      expect(await mail.suppressions.add(stream, 'eve@mail.example', nasty, { trx })).to.equal(true);
    await mail.suppressions.lift('sport', 'eve@mail.example', nasty, { trx });
    const said = { topic: 'news', address: 'ada@mail.example', granted: true, evidence: nasty };
    await mail.consent.record(said, once);
    return { launched, emptied };
  };
  const rowsOf = async () => {
    const tables = [
      'campaigns',
      'campaign_recipients',
      'suppressions',
      'consents',
      'audit_entries',
      'idempotency_keys',
    ];
    const counts = await Promise.all(tables.map(table => db(`postlane_${table}`).count({ n: '*' }).first()));
    return counts.map(row => Number(row?.n));
  };

  const hosts: [string, () => Begin][] = [
    ...Object.entries({ ...oddHosts, 'a latin1 session': latin1 }).map(
      ([what, options]): [string, () => Begin] => [`knex with ${what}`, () => byKnex(pool(options))],
    ),
    ['an adapter of mysql2', () => byAdapter],
  ];
  for (const [what, begin] of hosts) {
    it(`are made with its commit alone, and lose nothing, by ${what}`, async () => {
      const within = begin();
      const before = await rowsOf();
      const undone = new Error('undo');
      const reason = await within(async trx => {
        await changeAll(trx);
        throw undone;
      }).catch((error: unknown) => error);
      if (reason !== undone) throw reason;
      expect(await rowsOf()).to.deep.equal(before);

      let ids = { launched: '', emptied: '' };
      await within(async trx => {
        ids = await changeAll(trx);
      });
      const campaign = await mail.campaigns.get(ids.launched);
      expect(campaign).to.deep.include({ name: nasty, state: 'scheduled', audience: 2, data: draft.data });
      expect((await mail.campaigns.plan(ids.emptied)).audience).to.equal(0);
      const [suppression, ...more] = await mail.suppressions.list();
      expect(more).to.deep.equal([]);
      expect(suppression).to.include({ stream: 'news', address: 'eve@mail.example', note: nasty });
      const [consent] = await mail.consent.list('ada@mail.example');
      expect(consent).to.include({ granted: true, evidence: nasty });
      const { entries } = await mail.audit.list({ by: nasty });
      expect(entries.map(({ action }) => action)).to.deep.equal(['consent.record', 'campaign.create']);
    });
  }

  it('refuse by name what is no open transaction, each of them, and change nothing', async () => {
    const host = pool();
    const ended = await host.transaction();
    await ended.commit();
    const { id } = await mail.campaigns.create(draft);
    await mail.campaigns.addRecipients(id, [{ to: 'ada@mail.example' }]);
    await mail.suppressions.add('broadcast', 'eve@mail.example', 'asked');
    const before = await rowsOf();
    const calls: Record<string, (options: ChangeOptions) => Promise<unknown>> = {
      create: options => mail.campaigns.create(draft, options),
      addRecipients: options => mail.campaigns.addRecipients(id, [{ to: 'x@mail.example' }], options),
      removeRecipients: options => mail.campaigns.removeRecipients(id, options),
      launch: options => mail.campaigns.launch(id, options),
      pause: options => mail.campaigns.pause(id, options),
      resume: options => mail.campaigns.resume(id, options),
      cancel: options => mail.campaigns.cancel(id, options),
      retryFailed: options => mail.campaigns.retryFailed(id, options),
      add: options => mail.suppressions.add('broadcast', 'ada@mail.example', 'asked', options),
      lift: options => mail.suppressions.lift('broadcast', 'eve@mail.example', 'asked', options),
      record: options =>
        mail.consent.record({ topic: 'news', address: 'ada@mail.example', granted: true }, options),
    };
    const query = (sql: string) => host.raw(sql);
    const cases: [unknown, RegExp][] = [
      [null, /is null: begin the transaction first/],
      [host, /knex instance is no transaction/],
      [ended, /has ended already/],
      [{ query, getConnection() {} }, /pool is no transaction/],
      [{ query, afterCommit() {} }, /outside of a transaction/],
      [42, /must be a transaction/],
    ];
    for (const [name, call] of Object.entries(calls)) {
      for (const [trx, expected] of cases) {
        const { code, field, message } = await refusal(call({ trx } as ChangeOptions));
        expect({ name, code, field }).to.deep.equal({ name, code: 'invalid-input', field: 'trx' });
        expect(message).to.match(expected);
      }
    }
    expect(await rowsOf()).to.deep.equal(before);
  });

  it('ask the provider to lift nothing for a transaction that has ended', async () => {
    const carrier = createCarrier();
    const asked: string[] = [];
    const { lists } = carrier.provider;
    if (!lists) throw new Error('The carrier keeps lists.');
    const provider: Provider = {
      ...carrier.provider,
      lists: {
        ...lists,
        reactivate(stream, address) {
          asked.push(address);
          return lists.reactivate(stream, address);
        },
      },
    };
    await mail.close();
    mail = await openMail({ providers: [provider], transports: [] });
    carrier.list('notices', 'gone@mail.example');
    await db('postlane_suppressions').insert({
      ...{
        stream: 'notices',
        address: 'gone@mail.example',
        active: 1,
        reason: 'HardBounce',
        class: 'bounce',
      },
      ...{ origin: 'Recipient', changed_at: new Date() },
    });
    const host = pool();
    const ended = await host.transaction();
    await ended.rollback();
    const lift = (trx: CallerTransaction) =>
      mail.suppressions.lift('notices', 'gone@mail.example', 'asked', { trx });
    expect((await refusal(lift(ended))).field).to.equal('trx');
    expect(asked).to.deep.equal([]);
    await host.transaction(lift);
    expect(asked).to.deep.equal(['gone@mail.example']);
    expect(await mail.suppressions.list()).to.deep.equal([]);
  });
});
