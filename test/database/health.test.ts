import { expect } from 'chai';
import { connect } from '../../db/connect.ts';
import { createMail, type Mail } from '../../server/mail/index.ts';
import { createClock } from '../support/clock.ts';
import { emptyTables, testDatabase, testDatabaseUrl } from '../support/database.ts';
import { resetInput } from '../support/inputs.ts';
import { openMail, testConfig } from '../support/mail.ts';
import { refusal } from '../support/refusal.ts';
import { accept, createScriptedTransport } from '../support/scripted-transport.ts';

describe('the health of the module', () => {
  const db = testDatabase();
  const clock = createClock();
  let mail: Mail;
  beforeEach(async () => {
    mail = await openMail({
      transports: [createScriptedTransport('postmark-api')],
      now: clock.now,
      role: 'app',
    });
  });
  afterEach(() => mail.close());

  it('misses a worker, and is whole with one', async () => {
    const alone = await mail.health();
    expect(alone).to.deep.include({ ok: false, schema: { pending: [] }, queue: [], unknown: 0 });
    expect(alone.processes).to.deep.equal({ apps: 1, workers: 0, lastSeenAt: null });
    expect(alone.problems).to.deep.equal(['No worker is running: start one with "postlane worker".']);
    const worker = await createMail(testConfig(), { role: 'worker', db });
    const whole = await mail.health();
    expect(whole).to.deep.include({ ok: true, problems: [] });
    expect(whole.processes?.lastSeenAt).to.be.instanceOf(Date);
    expect(whole.database.ms).to.be.a('number');
    await worker.close();
  });

  it('names migrations that are to be run, and mail that waits too long', async () => {
    await mail.send(resetInput({ sendAt: clock.now() }));
    await db('postlane_messages').update({ state: 'queued', due_at: '2020-01-01 00:00:00' });
    const [last] = await db('postlane_migrations').orderBy('id', 'desc').limit(1);
    await db('postlane_migrations').where({ id: last.id }).delete();
    const { problems, schema, queue } = await mail.health();
    await db('postlane_migrations').insert(last);
    expect(schema?.pending).to.deep.equal([last.name]);
    expect(queue?.[0]?.stream).to.equal('outbound');
    expect(problems.join(' ')).to.contain(`Migrations are to be run: ${last.name}.`);
    expect(problems.join(' ')).to.match(/Mail on the stream outbound has waited for \d+ min/);
  });

  it('is a value also when a part, or the database, is gone', async () => {
    await db.raw('RENAME TABLE postlane_instances TO postlane_instances_away');
    const partial = await mail
      .health()
      .finally(() => db.raw('RENAME TABLE postlane_instances_away TO postlane_instances'));
    expect(partial).to.deep.include({ ok: false, processes: null, unknown: 0 });
    expect(partial.problems).to.include('The processes could not be read (ER_NO_SUCH_TABLE).');

    const pool = connect(testDatabaseUrl(), { poolSize: 2 });
    const cut = await createMail(testConfig(), { db: pool, role: 'command' });
    await pool.destroy();
    const gone = await cut.health();
    expect(gone).to.deep.include({ ok: false, queue: null });
    expect(gone.database).to.deep.equal({ reachable: false, ms: null });
    expect(JSON.stringify(gone)).not.to.match(/ at |node_modules|127\.0\.0\.1/);
  });
});

describe('rendering without sending', () => {
  let mail: Mail;
  before(async () => {
    mail = await openMail();
  });
  after(() => mail.close());

  it('says what a message would say, and stores nothing', async () => {
    const data = { resetUrl: 'https://shop.example/r/1', expiresInMinutes: 30 };
    const { subject, html, text } = await mail.render({ template: 'password-reset', data });
    expect(html).to.contain(data.resetUrl);
    expect(text).to.contain(data.resetUrl);
    expect(subject).not.to.equal('');
    expect(await testDatabase()('postlane_messages')).to.deep.equal([]);
  });

  it('refuses what a send would refuse', async () => {
    expect(await refusal(mail.render({ template: 'nothing' }))).to.include({ code: 'unknown-template' });
    expect(await refusal(mail.render({ template: 'password-reset', data: {} }))).to.include({
      code: 'invalid-data',
      field: 'data.resetUrl',
    });
    const misspelt = { template: 'password-reset', langage: 'nl' } as never;
    expect((await refusal(mail.render(misspelt))).field).to.equal('langage');
  });
});

describe('closing the module', () => {
  it('waits for what is in hand, but no longer than it is told', async () => {
    await emptyTables(testDatabase());
    let release: () => void = () => {};
    const hanging = new Promise<void>(resolve => {
      release = resolve;
    });
    const api = createScriptedTransport('postmark-api');
    const slow = {
      ...api,
      name: 'postmark-api',
      send: async (...args: Parameters<typeof api.send>) => {
        await hanging;
        return api.send(...args).then(() => [accept()]);
      },
    };
    const mail = await openMail({ transports: [slow], db: testDatabase() });
    const { id } = await mail.send(resetInput());
    const startedAt = performance.now();
    await mail.close({ timeoutMs: 200 });
    expect(performance.now() - startedAt).to.be.within(150, 3000);
    expect((await testDatabase()('postlane_messages').where({ id }).first()).state).to.equal('sending');
    release();
    const late = await refusal(mail.send(resetInput()));
    expect(late.code).to.equal('closed');
  });
});
