import { expect } from 'chai';
import type { Mail } from '../../server/mail/index.ts';
import { currentAlerts } from '../../server/mail/monitoring/alerts.ts';
import { countsByStep } from '../../server/mail/monitoring/series-store.ts';
import { createRenderPool } from '../../server/mail/templates/preview/render-pool.ts';
import { type Clock, createClock } from '../support/clock.ts';
import { testDatabase } from '../support/database.ts';
import { insertHistory } from '../support/history.ts';
import { openMail } from '../support/mail.ts';
import { providerSamples } from '../support/provider-samples.ts';
import { rowsTouched } from '../support/reads.ts';

const start = new Date('2026-05-04T12:30:00Z');
const hour = 3_600_000;

describe('numbers of hours', () => {
  const db = testDatabase();
  let mail: Mail;
  let clock: Clock;

  beforeEach(async () => {
    clock = createClock(start);
    mail = await openMail({ now: clock.now });
  });
  afterEach(() => mail.close());

  const day = async () => (await mail.monitoring.series(24, 24)).streams;
  const history = (more: object) =>
    insertHistory(db, {
      count: 100,
      from: new Date(start.getTime() - 5 * hour),
      to: start,
      template: 'order-confirmation',
      ...more,
    });

  it('are what the messages say, by stream, and the same when counted again', async () => {
    await history({
      state: (i: number) => ['bounced', 'complained', 'failed', 'suppressed', 'held'][i] ?? 'delivered',
    });
    await history({
      count: 10,
      template: 'newsletter',
      stream: 'broadcast',
      lane: 'bulk',
      state: () => 'sent',
    });
    expect(await mail.work.rollUp()).to.be.at.least(5);
    const first = await day();
    expect(first.map(({ stream }) => stream)).to.deep.equal(['broadcast', 'outbound']);
    expect(first[0]?.total).to.include({ accepted: 10, sent: 10, delivered: 0, deliveredShare: 0 });
    expect(first[1]?.total).to.include({
      accepted: 100,
      sent: 97,
      delivered: 96,
      bounced: 1,
      complained: 1,
      failed: 1,
    });
    expect(first[1]?.total.handOverMostMs).to.be.within(1000, 5000);
    clock.advance(60_000);
    await mail.work.rollUp();
    expect(await day()).to.deep.equal(first);
    const templates = await mail.monitoring.templates(30);
    expect(templates.map(({ template, accepted }) => [template, accepted])).to.deep.equal([
      ['newsletter', 10],
      ['order-confirmation', 100],
    ]);
  });

  it('are counted again ever more seldom where what is left waits for a person', async () => {
    const tenDaysAgo = start.getTime() - 240 * hour;
    const span = { from: new Date(tenDaysAgo), to: new Date(tenDaysAgo + hour / 4) };
    await history({ ...span, state: (i: number) => (i === 0 ? 'held' : 'delivered') });
    expect(await mail.work.rollUp()).to.equal(1);
    clock.advance(60_000);
    expect(await mail.work.rollUp()).to.equal(0);
    clock.advance(5 * hour);
    expect(await mail.work.rollUp()).to.equal(1);
  });

  it('take in a report that comes days later, and no hour is read for nothing', async () => {
    const [id = ''] = await history({ state: () => 'sent' });
    await mail.work.rollUp();
    clock.advance(10 * hour);
    await mail.work.rollUp();
    expect(await mail.work.rollUp()).to.equal(0);
    const [attempt] = await db('postlane_attempts').where({ message_id: id });
    await mail.receive('postmark', {
      ...providerSamples.Delivery,
      MessageID: 'b7bc2f4a-e38e-4336-af7d-e6c392c2f817',
      Metadata: { 'postlane-attempt': attempt.id },
      Recipient: 'person-0@mail.example',
      DeliveredAt: clock.now().toISOString(),
    });
    // Too young yet: an event before it might still be on its way.
    expect(await mail.work.rollUp()).to.equal(0);
    clock.advance(60_000);
    expect(await mail.work.rollUp()).to.equal(1);
    expect((await day())[0]?.total).to.include({ accepted: 100, delivered: 1 });
  });

  it('follow messages that are still on their way', async () => {
    const ids = await history({ count: 4, state: () => 'queued' });
    await mail.work.rollUp();
    await db('postlane_messages')
      .whereIn('id', ids)
      .update({ state: 'failed', failed_at: '2026-05-04 13:00:00' });
    clock.advance(60_000);
    await mail.work.rollUp();
    expect((await day())[0]?.total).to.include({ accepted: 4, failed: 4 });
  });

  it('follow what is tried again', async () => {
    const { id } = await mail.campaigns.create({ name: 'May', template: 'newsletter', data: {} });
    await db('postlane_campaigns').where({ id }).update({ state: 'done' });
    const [first = ''] = await history({ count: 3, campaignId: id, state: () => 'failed' });
    await mail.work.rollUp();
    expect((await mail.monitoring.alerts()).map(({ kind }) => kind)).to.deep.equal(['failed']);
    clock.advance(60_000);
    expect(await mail.campaigns.retryFailed(id)).to.equal(3);
    await mail.work.rollUp();
    expect((await day())[0]?.total).to.include({ accepted: 3, failed: 0 });
    await db('postlane_messages').where({ id: first }).update({ state: 'failed', due_at: null });
    clock.advance(60_000);
    await mail.work.rollUp();
    expect((await day())[0]?.total).to.include({ failed: 1 });
  });

  it('remember how long the queue was', async () => {
    await history({ count: 1, from: new Date(start.getTime() - hour), state: () => 'queued' });
    await mail.work.rollUp();
    await db('postlane_messages').update({ state: 'cancelled', due_at: null });
    clock.advance(60_000);
    await mail.work.rollUp();
    expect((await day())[0]?.total.queueAgeMs).to.equal(hour);
  });

  it('are quick to read, however many messages there are', async () => {
    await history({ count: 3000 });
    await mail.work.rollUp();
    const from = new Date(start.getTime() - 24 * hour);
    expect(await rowsTouched(db, trx => countsByStep(trx, from, start, 1))).to.be.below(100);
  });

  describe('and what wants attention', () => {
    const kinds = async () => (await mail.monitoring.alerts()).map(({ kind }) => kind);

    it('is nothing while all is well', async () => {
      await history({});
      await mail.work.rollUp();
      expect(await kinds()).to.deep.equal([]);
    });

    it('is unknowns, failures, rates and a queue that waits', async () => {
      const sick = ['unknown', 'failed', 'complained', 'queued', ...Array(10).fill('bounced')];
      await history({ state: (i: number) => sick[i] ?? 'delivered' });
      await mail.work.rollUp();
      expect(await kinds()).to.have.members(['unknown', 'failed', 'bounce-rate', 'complaint-rate', 'queue']);
    });

    it('is a transport that is put off again and again', async () => {
      await history({ count: 20 });
      await db('postlane_attempts').update({ outcome: 'deferred', answer: 'Down for maintenance.' });
      const [found] = await mail.monitoring.alerts();
      expect(found).to.deep.equal({
        kind: 'deferred',
        transport: 'postmark-api',
        attempts: 20,
        answer: 'Down for maintenance.',
      });
    });

    it('is books that were not closed, or not opened for days', async () => {
      const at = '2026-05-04 03:30:00';
      await db('postlane_reconciliations').insert({
        day: '2026-05-03',
        stream: 'outbound',
        started_at: at,
        problem: 'no answer',
      });
      expect(await kinds()).to.deep.equal(['reconciliation']);
      clock.advance(72 * hour);
      expect(await kinds()).to.deep.equal(['reconciliation', 'reconciliation-late']);
    });

    it('is a campaign that comes no further', async () => {
      const { id } = await mail.campaigns.create({ name: 'May', template: 'newsletter', data: {} });
      await db('postlane_campaigns').where({ id }).update({ state: 'sending' });
      await mail.work.rollUp();
      clock.advance(20 * 60_000);
      await mail.work.rollUp();
      expect(await mail.monitoring.alerts()).to.deep.equal([
        { kind: 'stuck', campaignId: id, name: 'May', forMs: 20 * 60_000 },
      ]);
    });

    it('is found by seeks, however many messages there are', async () => {
      await history({ count: 3000 });
      await mail.work.rollUp();
      const policy = { categories: {} };
      const renderPool = createRenderPool({ threads: 1 });
      const context = {
        db,
        policy,
        now: clock.now,
        renderPool,
        transports: new Map([['a', {}]]),
      } as unknown as Parameters<typeof currentAlerts>[0];
      const touched = await rowsTouched(db, trx => currentAlerts({ ...context, db: trx }));
      await renderPool.close();
      expect(touched).to.be.below(400);
    });
  });
});
