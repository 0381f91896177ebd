import { expect } from 'chai';
import knex, { type Knex } from 'knex';
import { connect } from '../../db/connect.ts';
import { createMail, type Mail } from '../../server/mail/index.ts';
import { startWorker, type Worker } from '../../worker/index.ts';
import { testDatabase, testDatabaseUrl } from '../support/database.ts';
import { type HostPool, hostPool, latin1, oddHosts } from '../support/host-pools.ts';
import { newsletterData, upgradeData, upgradeInput } from '../support/inputs.ts';
import { openMail, testConfig } from '../support/mail.ts';
import { createScriptedTransport, type ScriptedTransport } from '../support/scripted-transport.ts';

describe("the host's knex as the database", () => {
  const db = testDatabase();
  const opened: (() => Promise<unknown>)[] = [];

  afterEach(async () => {
    for (const close of opened.splice(0).reverse()) await close();
  });

  const pool = (options: HostPool, size?: number): Knex => {
    const made = hostPool(options, size === undefined ? {} : { size });
    opened.push(() => made.destroy());
    return made;
  };

  const open = async (
    host: Knex,
  ): Promise<{ mail: Mail; api: ScriptedTransport; bulk: ScriptedTransport }> => {
    const api = createScriptedTransport('postmark-api');
    const bulk = createScriptedTransport('postmark-smtp');
    const config = { ...testConfig(), database: { knex: host } };
    const mail = await openMail({ transports: [api, bulk] }, config);
    opened.push(() => mail.close());
    return { mail, api, bulk };
  };

  const name = 'Zoë \\ \' " ? 日本 😀';

  for (const [what, options] of Object.entries(oddHosts)) {
    it(`loses nothing in a host with ${what}`, async () => {
      const host = pool(options);
      const { mail, api, bulk } = await open(host);
      const data = { ...upgradeData(7), benefits: [{ title: name, text: 'back\\slash' }] };
      const input = upgradeInput({ to: { email: 'ada@mail.example', name }, data, idempotencyKey: name });
      const sent = await mail.send(input, { wait: true });
      expect(sent).to.include({ state: 'sent', repeated: false });
      expect(await mail.send(input)).to.include({ id: sent.id, repeated: true });
      expect(api.given[0]?.to).to.deep.equal({ email: 'ada@mail.example', name });
      expect(api.given[0]?.text).to.include(name).and.include('back\\slash');

      const later = await mail.send(upgradeInput({ sendAt: '2030-07-01T12:00:00.123Z' }));
      expect((await mail.messages.get(later.id))?.dueAt?.toISOString()).to.equal('2030-07-01T12:00:00.123Z');
      expect((await mail.messages.find({ recipient: 'ada@mail.example' })).messages).to.have.length(2);

      const campaign = await mail.campaigns.create({ name, template: 'newsletter', data: newsletterData });
      const recipients = Array.from({ length: 30 }, (_, i) => ({ email: `r${i}@mail.example`, name }));
      await mail.campaigns.addRecipients(campaign.id, recipients);
      await mail.campaigns.launch(campaign.id);
      await mail.work.expandCampaigns();
      expect(await mail.work.deliverDue('bulk')).to.equal(30);
      await mail.work.expandCampaigns();
      expect(bulk.given).to.have.length(30);
      expect((await mail.campaigns.get(campaign.id))?.state).to.equal('done');

      const bounce = {
        RecordType: 'Bounce',
        Metadata: { 'postlane-attempt': api.given[0]?.attemptId },
        MessageStream: 'outbound',
        ID: 1,
        Type: 'HardBounce',
        Inactive: true,
        Email: 'ada@mail.example',
        BouncedAt: '2026-05-04T09:01:00Z',
      };
      expect(await mail.receive('postmark', bounce)).to.include({ messageId: sent.id });
      const bounced = await mail.messages.get(sent.id);
      expect(bounced?.state).to.equal('bounced');
      const times = await mail.messages.timeline(sent.id);
      expect(JSON.stringify(times)).to.include('2026-05-04T09:01:00.000Z');
      await mail.work.rollUp();
      await mail.work.recoverLeases();
      await mail.work.purge();
      expect(await db('postlane_messages').where({ state: 'sent' })).to.have.length(30);
    });
  }

  it('gives sessions back as they were, and closes nothing of the host', async () => {
    const settings = 'SELECT @@sql_mode AS mode, @@time_zone AS zone, @@innodb_lock_wait_timeout AS wait';
    const host = pool(
      { begin: "SET SESSION sql_mode = 'ANSI_QUOTES', SESSION innodb_lock_wait_timeout = 17" },
      2,
    );
    const [[before]] = await host.raw(settings);
    const { mail } = await open(host);
    await Promise.all(Array.from({ length: 10 }, () => mail.send(upgradeInput(), { wait: true })));
    await mail.close();
    const sessions = await Promise.all([host.raw(settings), host.raw(settings)]);
    expect(sessions.map(([[row]]) => row)).to.deep.equal([before, before]);
    expect(host.client.pool.numUsed()).to.equal(0);
  });

  it('begins its transactions at READ COMMITTED though the host is at another level', async () => {
    const host = pool({ begin: 'SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE' });
    const lent = connect({ knex: host });
    const level = (trx: Knex) =>
      trx('postlane_cursors')
        .forUpdate()
        .then(() => new Promise(done => setTimeout(done, 200))) // the view is renewed ten times a second
        .then(() => trx('information_schema.innodb_trx').whereRaw('trx_mysql_thread_id = CONNECTION_ID()'))
        .then(([row]) => row.trx_isolation_level ?? row.TRX_ISOLATION_LEVEL);
    expect(await lent.transaction(level)).to.equal('READ COMMITTED');
    expect(await lent.transaction(outer => outer.transaction(level))).to.equal('READ COMMITTED');
    expect(await host.transaction(level)).to.equal('SERIALIZABLE');
  });

  it('runs the worker, jobs and all', async () => {
    const host = pool({ connection: { timezone: 'local', dateStrings: true } }, 8);
    const { mail } = await open(host);
    const { id } = await mail.send(upgradeInput({ sendAt: new Date(Date.now() + 1_000) }));
    const api = createScriptedTransport('postmark-api');
    const config = { ...testConfig(), database: { knex: host }, logLevel: 'silent', migrate: false };
    const worker: Worker = await startWorker(config, { transports: [api] });
    try {
      for (let i = 0; i < 200 && api.given.length === 0; i++) await new Promise(done => setTimeout(done, 50));
      expect((await mail.messages.get(id))?.state).to.equal('sent');
    } finally {
      await worker.stop();
    }
    expect(await host.raw('SELECT 1')).to.be.an('array');
  });

  const refused = async (database: unknown): Promise<string> => {
    const config = { ...testConfig(), database } as ReturnType<typeof testConfig>;
    const error = await createMail(config).then(
      mail => mail.close().then(() => new Error('It was opened.')),
      (reason: Error) => reason,
    );
    return error.message;
  };

  it('refuses in words what would lose something', async () => {
    expect(await refused({ knex: pool(latin1) })).to.match(/character set latin1, .* charset: 'utf8mb4'/);
    expect(await refused({ knex: pool({ begin: 'SET autocommit = 0' }) })).to.match(/autocommit off/);
    expect(await refused({ knex: pool({ connection: { flags: '-FOUND_ROWS' } }) })).to.match(/-FOUND_ROWS/);
    expect(await refused({ knex: pool({}, 1) })).to.match(/pool of one connection/);
    const trx = await pool({}).transaction();
    expect(await refused({ knex: trx })).to.match(/is a transaction/);
    await trx.rollback();
    const postgres = knex({ client: 'pg' });
    expect(await refused({ knex: postgres })).to.match(/driver mysql2, not on pg/);
    expect(await refused({ knex: {} })).to.match(/must be a knex instance/);
    expect(await refused({ knex: pool({}), url: testDatabaseUrl() })).to.match(/url and knex/);
  });
});
