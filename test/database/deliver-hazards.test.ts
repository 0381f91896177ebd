import { expect } from 'chai';
import { type Mail, MailError } from '../../server/mail/index.ts';
import { transition } from '../../server/mail/messages/transitions-store.ts';
import { notStarted } from '../../server/mail/providers/transport.ts';
import { claimDue, markHandedOver } from '../../server/mail/sending/claims-store.ts';
import { deliver } from '../../server/mail/sending/deliver.ts';
import { type DeliveryResult, recordResults } from '../../server/mail/sending/results-store.ts';
import { wire } from '../../server/mail/wiring.ts';
import { createClock } from '../support/clock.ts';
import { testDatabase } from '../support/database.ts';
import { newsletterData, resetInput } from '../support/inputs.ts';
import { openMail, type TestOptions, testConfig } from '../support/mail.ts';
import { createScriptedTransport, type ScriptedTransport } from '../support/scripted-transport.ts';

describe('deliver, when something is wrong', () => {
  const db = testDatabase();
  let mail: Mail;
  let api: ScriptedTransport;
  let smtp: ScriptedTransport;
  let clock: ReturnType<typeof createClock>;
  let deps: TestOptions;
  let onTheWire: () => Promise<unknown>;

  beforeEach(async () => {
    clock = createClock();
    onTheWire = async () => {};
    api = createScriptedTransport('postmark-api');
    smtp = createScriptedTransport('postmark-smtp');
    deps = {
      transports: [api, { ...smtp, send: (...page) => onTheWire().then(() => smtp.send(...page)) }],
      now: clock.now,
      retry: { firstDelayMs: 1000, maxDelayMs: 8000, maxAttempts: 3 },
      timing: { acceptLeaseMs: 10_000, sendLeaseMs: 60_000 },
    };
    mail = await openMail(deps);
  });
  afterEach(() => mail.close());

  const soon = () => new Date(clock.now().getTime() + 1000);
  const queue = async (...recipients: string[]) => {
    const ids = [];
    for (const to of recipients) ids.push((await mail.send(resetInput({ to, sendAt: soon() }))).id);
    clock.advance(1000);
    return ids;
  };
  const claim = () =>
    claimDue(db, {
      lane: 'transactional',
      transports: ['postmark-api'],
      limit: 10,
      now: clock.now(),
      leaseEnd: new Date(clock.now().getTime() + 60_000),
    });
  const row = (id: string | undefined) => db('postlane_messages').where({ id }).first();

  it('fails no message because the database could not be asked for its template', async () => {
    const [id] = await queue('ada@mail.example');
    const context = wire({ ...testConfig(), ...deps }, deps, db);
    const templates = {
      ...context.templates,
      version: () => Promise.reject(Object.assign(new Error('gone'), { code: 'PROTOCOL_CONNECTION_LOST' })),
    };
    const failed = await deliver({ ...context, templates }, await claim()).catch(
      (error: Error) => error.message,
    );
    expect(failed).to.equal('gone');
    expect((await row(id)).state).to.equal('sending');
    clock.advance(61_000);
    await mail.work.recoverLeases();
    await mail.work.deliverDue('transactional');
    expect((await row(id)).state).to.equal('sent');
  });

  it('puts off a category that the configuration knows no more, and leaves another server’s mail alone', async () => {
    const [strange, foreign, fine] = await queue('a@mail.example', 'b@mail.example', 'c@mail.example');
    await db('postlane_messages').where({ id: strange }).update({ transport: 'removed' });
    await db('postlane_messages').where({ id: foreign }).update({ category: 'removed', topic: 'news' });
    await mail.work.deliverDue('transactional');
    expect(await row(fine)).to.include({ state: 'sent' });
    expect(await row(strange)).to.include({ state: 'queued', reason: null, attempt_count: 0 });
    expect(await row(foreign)).to.include({ state: 'queued', reason: 'no-route' });
    const attempt = await db('postlane_attempts').where({ message_id: foreign }).first();
    expect(attempt).to.include({ outcome: 'skipped', code: 'no-route', handed_at: null });
    expect(attempt.answer).to.match(/the category removed, which the routing policy lacks/);
  });

  it('resolves the other unknowns when the category of one is gone', async () => {
    api.answer(() => ({ kind: 'unknown', code: 'no-answer', answer: '' }));
    const { id } = await mail.send(resetInput(), { wait: true });
    await db('postlane_messages').where({ id }).update({ category: 'removed' });
    clock.advance(25 * 3_600_000);
    await mail.work.resolveUnknowns();
    expect(await row(id)).to.include({ state: 'unknown', due_at: null });
  });

  it('writes nothing about an attempt that somebody else has in hand', async () => {
    const [id] = await queue('ada@mail.example');
    const slow = await claim();
    clock.advance(61_000);
    await mail.work.recoverLeases();
    const [successor] = await claim();
    if (!successor) throw new Error('nothing was claimed');
    await markHandedOver(db, [successor], { now: clock.now(), leaseEnd: soon() });
    await mail.suppressions.add('outbound', 'ada@mail.example', 'asked');
    await deliver(wire({ ...testConfig(), ...deps }, deps, db), slow);
    const attempts = await db('postlane_attempts')
      .where({ message_id: id })
      .orderBy('number')
      .select('outcome', 'code');
    expect(attempts).to.deep.equal([
      { outcome: 'skipped', code: 'lease-lost' },
      { outcome: null, code: null },
    ]);
  });

  it('never fails a message because our own side was busy', async () => {
    api.answer(() => notStarted);
    const [id] = await queue('ada@mail.example');
    for (let i = 0; i < 5; i += 1) {
      await mail.work.deliverDue('transactional');
      expect(await row(id)).to.include({ state: 'queued', attempt_count: i + 1, reason: 'not-started' });
      clock.advance(1000);
    }
  });

  const launched = async () => {
    const { id } = await mail.campaigns.create({ name: 'May', template: 'newsletter', data: newsletterData });
    await mail.campaigns.addRecipients(id, [{ email: 'r1@mail.example' }, { email: 'r2@mail.example' }]);
    await mail.campaigns.launch(id);
    await mail.work.expandCampaigns();
    smtp.answer(() => ({ kind: 'deferred', code: 'smtp-451', answer: 'later' }));
    return id;
  };
  const byState = async (id: string) => (await mail.campaigns.progress(id)).byState;

  for (const [stop, state] of [
    ['pause', 'held'],
    ['cancel', 'cancelled'],
  ] as const) {
    it(`stops what was put off while its campaign was on ${stop}`, async () => {
      const id = await launched();
      onTheWire = () => mail.campaigns[stop](id);
      await mail.work.deliverDue('bulk');
      onTheWire = async () => {};
      expect(await byState(id)).to.deep.equal({ queued: 2 });
      clock.advance(1000);
      await mail.work.deliverDue('bulk');
      expect(smtp.given).to.have.length(2);
      expect(await byState(id)).to.deep.equal({ [state]: 2 });
      if (stop === 'cancel') {
        const [one] = await db('postlane_messages').where({ campaign_id: id });
        const error = await mail.messages.retry(one.id).catch((reason: unknown) => reason);
        expect(error).to.be.instanceOf(MailError).and.include({ code: 'wrong-state', field: 'campaign' });
        return;
      }
      await mail.campaigns.resume(id);
      smtp.answer(() => ({ kind: 'accepted', code: 'smtp-250', answer: 'ok', providerMessageId: null }));
      await mail.work.deliverDue('bulk');
      expect(await byState(id)).to.deep.equal({ sent: 2 });
    });
  }

  it('records a page at once only where all of it is ours, and the rest alone', async () => {
    const ids = await queue('a@mail.example', 'b@mail.example', 'c@mail.example', 'd@mail.example');
    const claims = await claim();
    const attempts = await db('postlane_attempts').select('id', 'message_id');
    const results = claims.map(
      (one): DeliveryResult => ({
        claim: one,
        attempt: {
          id: attempts.find(({ message_id }) => message_id === one.messageId).id,
          outcome: 'accepted',
          code: 'ok',
          answer: `250 ${one.messageId}`,
          providerMessageId: null,
        },
        next: { to: 'send' },
      }),
    );
    await db('postlane_messages').where({ id: ids[1] }).update({ lease: 'taken over' });
    await transition(db, 'deliver', { ids: [ids[2] ?? ''] }, { at: clock.now(), reason: null });
    const sentAt = clock.now();
    await recordResults(db, results, sentAt);
    clock.advance(1000);
    await recordResults(db, results, clock.now());
    const recorded = await Promise.all(ids.map(id => mail.messages.get(id)));
    expect(recorded.map(message => [message?.state, message?.sentAt])).to.deep.equal([
      ['sent', sentAt],
      ['sending', null],
      ['delivered', sentAt],
      ['sent', sentAt],
    ]);
    const answers = await db('postlane_attempts').select('message_id', 'outcome', 'answer');
    expect(
      answers.every(
        ({ message_id, outcome, answer }) => outcome === 'accepted' && answer === `250 ${message_id}`,
      ),
    ).to.equal(true);
  });
});
