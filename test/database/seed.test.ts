import { expect } from 'chai';
import { openWebhookReceiver } from '../../server/demo/history/webhook-receiver.ts';
import { enterWebhooks } from '../../server/demo/postmark-webhooks.ts';
import { prepareSeed } from '../../server/demo/seed.ts';
import { createMail, type Mail } from '../../server/mail/index.ts';
import { createSandbox, type Sandbox } from '../sandbox/index.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { testConfig } from '../support/mail.ts';
import { until } from '../support/until.ts';

const dayMs = 24 * 3_600_000;
const never = new AbortController().signal;
const quiet = () => {};

describe('The data npm start shows', function () {
  this.timeout(120_000);

  let sandbox: Sandbox;
  let mail: Mail;

  beforeEach(async () => {
    await emptyTables(testDatabase());
  });

  afterEach(async () => {
    await mail.close();
    await sandbox.close();
  });

  /** As `npm start` does it, with the history's beginning so many days ago. */
  async function open(days: number): Promise<void> {
    sandbox = await createSandbox({ deliveryMs: 1200, startAt: new Date(Date.now() - days * dayMs) });
    const credentials = `${sandbox.token}:${sandbox.token}`;
    const config = testConfig({
      token: sandbox.token,
      apiUrl: sandbox.apiUrl,
      smtpUrl: sandbox.smtpUrl.replace('://', `://${credentials}@`),
      smtpCa: sandbox.caCertificate,
    });
    mail = await createMail(
      { ...config, migrate: false },
      { db: testDatabase(), now: () => sandbox.clock.now() },
    );
    await mail.templates.files.import();
  }

  const seeding = async () => {
    const prepared = await prepareSeed(mail, testDatabase(), sandbox, quiet);
    if (!prepared) throw new Error('There is nothing to seed.');
    return prepared;
  };

  const accepted = async () => {
    const rows: { at: Date; state: string }[] = await testDatabase()('postlane_messages')
      .select({ at: 'created_at', state: 'state' })
      .orderBy('id');
    return rows;
  };

  it('is a history in which ids, times, books and numbers agree', async () => {
    await open(4);
    const started = Date.now();
    await (await seeding()).history(never);

    expect(sandbox.clock.now().getTime()).to.be.within(started - 1000, Date.now() + 1000);
    const messages = await accepted();
    expect(messages.length).to.be.above(50);
    const times = messages.map(({ at }) => at.getTime());
    expect(times).to.deep.equal([...times].sort((a, b) => a - b));
    expect(times[0]).to.be.below(started - 3 * dayMs);
    // One campaign is paused.
    const released = messages.filter(({ state }) => state !== 'held');
    const delivered = released.filter(({ state }) => state === 'delivered').length;
    expect(delivered / released.length).to.be.within(0.8, 0.99);

    const { streams } = await mail.monitoring.series(30 * 24, 24);
    const counted = streams.flatMap(({ points }) => points).filter(point => point.accepted > 0);
    expect(counted.reduce((sum, point) => sum + point.accepted, 0)).to.be.within(
      messages.length - 2,
      messages.length,
    );
    expect(counted.length).to.be.above(3);

    const nights = await mail.reconciliations.list();
    expect(nights.map(({ problem }) => problem)).to.satisfy((all: unknown[]) =>
      all.every(one => one === null),
    );
    expect(nights.length).to.be.above(3);
    // What wants attention is what was staged, and nothing else.
    const wanted = (await mail.monitoring.alerts()).map(({ kind }) => kind);
    expect(wanted).to.have.members(['unknown', 'failed']);
  });

  it('goes on where it was broken off, and is not made twice', async () => {
    await open(3);
    const stopping = new AbortController();
    const broken = (await seeding()).history(stopping.signal).catch((error: Error) => error.name);
    await until(
      '25 messages are accepted',
      async () => {
        const { length } = await accepted();
        return length >= 25 || `${length}`;
      },
      { everyMs: 20 },
    );
    stopping.abort();
    expect(await broken).to.equal('AbortError');
    const before = await accepted();
    await mail.close();
    await sandbox.close();

    await open(3);
    const resumed = await seeding();
    await resumed.history(never);
    await resumed.today();
    const after = await accepted();
    expect(after.slice(0, before.length)).to.have.lengthOf(before.length);
    const keys: { key: string }[] = await testDatabase()('postlane_messages')
      .select({ key: 'idempotency_key' })
      .whereNotNull('idempotency_key');
    expect(new Set(keys.map(({ key }) => key)).size).to.equal(keys.length);
    expect(after[before.length]?.at.getTime()).to.be.least(before.at(-1)?.at.getTime() ?? 0);
    expect(await prepareSeed(mail, testDatabase(), sandbox, quiet)).to.equal(null);
  });

  it('leaves mail alone that is not its own', async () => {
    await open(1);
    await sandbox.clock.advance(dayMs);
    await mail.send({
      template: 'password-reset',
      to: 'ada@mail.example',
      data: { resetUrl: 'https://shop.example/reset', expiresInMinutes: 30 },
    });
    expect(await prepareSeed(mail, testDatabase(), sandbox, quiet)).to.equal(null);
  });

  it('has the reports of every stream posted to the server, and nobody suppressed by trying that', async () => {
    await open(1);
    const receiver = await openWebhookReceiver(mail);
    try {
      await enterWebhooks(sandbox, mail.webhooks, receiver.url, {
        user: 'postmark',
        password: 'of the tests',
      });
      const check = await mail.webhooks.check('postmark', receiver.url);
      const standings =
        'streams' in check ? check.streams.map(({ stream, state }) => `${stream} ${state}`) : [];
      expect(standings).to.have.members(['broadcast right', 'outbound right']);
      expect(await mail.suppressions.list()).to.deep.equal([]);
    } finally {
      await receiver.close();
    }
  });
});
