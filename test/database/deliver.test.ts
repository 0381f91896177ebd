import { expect } from 'chai';
import { v7 as newId } from 'uuid';
import type { Mail, Outcome } from '../../server/mail/index.ts';
import { claimDue, dueSql, markHandedOver } from '../../server/mail/sending/claims-store.ts';
import { recordResults } from '../../server/mail/sending/results-store.ts';
import { createClock } from '../support/clock.ts';
import { testDatabase } from '../support/database.ts';
import { resetInput } from '../support/inputs.ts';
import { openMail } from '../support/mail.ts';
import { accept, createScriptedTransport, type ScriptedTransport } from '../support/scripted-transport.ts';

describe('deliver', () => {
  const db = testDatabase();
  let mail: Mail;
  let api: ScriptedTransport;
  let clock: ReturnType<typeof createClock>;

  beforeEach(async () => {
    clock = createClock();
    api = createScriptedTransport('postmark-api');
    mail = await openMail({
      transports: [api],
      now: clock.now,
      retry: { firstDelayMs: 1000, maxDelayMs: 8000, maxAttempts: 3 },
      timing: { acceptLeaseMs: 10_000, sendLeaseMs: 60_000 },
    });
  });
  afterEach(() => mail.close());

  const stateOf = async (id: string) => (await mail.messages.get(id))?.state;
  const queue = async (count: number, to = 'due') => {
    const later = new Date(clock.now().getTime() + 1000);
    for (let i = 0; i < count; i += 1)
      await mail.send(resetInput({ to: `${to}${i}@mail.example`, sendAt: later }));
    clock.advance(1000);
  };
  const claim = (limit = 10) =>
    claimDue(db, {
      lane: 'transactional',
      transports: ['postmark-api'],
      limit,
      now: clock.now(),
      leaseEnd: new Date(clock.now().getTime() + 60_000),
    });

  it('retries a deferred hand-over with backoff and gives up after the last attempt', async () => {
    api.answer(() => ({ kind: 'deferred', code: 'postmark-100', answer: 'Maintenance' }));
    const { id, state } = await mail.send(resetInput(), { wait: true });
    expect(state).to.equal('queued');
    const dueIn = async () => Number((await mail.messages.get(id))?.dueAt) - clock.now().getTime();
    expect(await dueIn()).to.be.within(500, 1000);
    expect(await mail.work.deliverDue('transactional')).to.equal(0);
    clock.advance(1000);
    expect(await mail.work.deliverDue('transactional')).to.equal(1);
    expect(await dueIn()).to.be.within(1000, 2000);
    clock.advance(2000);
    await mail.work.deliverDue('transactional');
    expect(await mail.messages.get(id)).to.include({
      state: 'failed',
      attempts: 3,
      reason: 'gave up after 3 attempts: postmark-100',
    });
    expect(new Set(api.given.map(({ attemptId }) => attemptId)).size).to.equal(3);
  });

  it('honours a wait the provider asks for', async () => {
    api.answer(() => ({ kind: 'deferred', code: 'http-429', answer: '', retryAfterMs: 30_000 }));
    const { id } = await mail.send(resetInput(), { wait: true });
    expect(Number((await mail.messages.get(id))?.dueAt) - clock.now().getTime()).to.equal(30_000);
  });

  it('takes a refused recipient as suppressed and any other refusal as failed', async () => {
    api.answer(({ to }) => ({
      kind: 'rejected',
      code: 'postmark-406',
      answer: 'inactive',
      inactive: to.email.startsWith('Gone') ? ['gone@mail.example'] : [],
    }));
    const gone = await mail.send(resetInput({ to: 'Gone@mail.example' }), { wait: true });
    const other = await mail.send(resetInput({ to: 'other@mail.example' }), { wait: true });
    expect([gone.state, other.state]).to.deep.equal(['suppressed', 'failed']);
  });

  it('takes a recipient that Postmark drops while it accepts the copies as suppressed', async () => {
    const answer = 'Message OK, but will not deliver to these inactive addresses: ada@mail.example.';
    api.answer(() => ({ ...accept(), answer, inactive: ['ada@mail.example'] }) as Outcome);
    const { id, state } = await mail.send(resetInput({ cc: 'cc@mail.example' }), { wait: true });
    expect(state).to.equal('suppressed');
    expect((await db('postlane_attempts').where({ message_id: id }).first()).outcome).to.equal('accepted');
  });

  it('keeps which copies Postmark dropped', async () => {
    api.answer(() => ({ ...accept(), inactive: ['bcc@mail.example', 'two@mail.example'] }) as Outcome);
    const to = ['ada@mail.example', 'Two@mail.example'];
    const { id } = await mail.send(resetInput({ to, bcc: 'bcc@mail.example' }), { wait: true });
    const found = await mail.messages.get(id);
    expect(found?.state).to.equal('sent');
    expect(found?.leftOut.map(({ role, address }) => [role, address])).to.deep.equal([
      ['to', 'two@mail.example'],
      ['bcc', 'bcc@mail.example'],
    ]);
  });

  it('does not hand over to a suppressed recipient and leaves out suppressed copies', async () => {
    await mail.suppressions.add('outbound', 'stop@mail.example', 'asked by phone');
    const refused = await mail.send(resetInput({ to: 'Stop@mail.example' }), { wait: true });
    expect(refused.state).to.equal('suppressed');
    expect((await mail.messages.get(refused.id))?.reason).to.equal(
      'suppressed: ManualSuppression (Operator)',
    );
    const went = await mail.send(
      resetInput({ to: 'go@mail.example', cc: ['stop@mail.example', 'cc@mail.example'] }),
      { wait: true },
    );
    expect((await mail.messages.get(went.id))?.leftOut).to.deep.equal([
      { role: 'cc', address: 'stop@mail.example', reason: 'suppressed: ManualSuppression (Operator)' },
    ]);
    expect(api.given).to.have.length(1);
    expect(api.given[0]?.cc.map(({ email }) => email)).to.deep.equal(['cc@mail.example']);
    clock.advance(1);
    await mail.suppressions.lift('outbound', 'stop@mail.example', 'asked again');
    clock.advance(1);
    expect((await mail.send(resetInput({ to: 'stop@mail.example' }), { wait: true })).state).to.equal('sent');
  });

  it('claims a due message once, however many ask', async () => {
    await queue(30);
    const claims = (await Promise.all(Array.from({ length: 6 }, () => claim(10)))).flat();
    expect(claims.length).to.equal(30);
    expect(new Set(claims.map(({ messageId }) => messageId)).size).to.equal(30);
  });

  it('writes the attempt before the network and hands over nothing that lost its lease', async () => {
    await queue(2);
    const [first, second] = await claim();
    if (!first || !second) throw new Error('nothing was claimed');
    const attempts = await db('postlane_attempts').select('handed_at', 'outcome');
    expect(attempts).to.deep.equal([
      { handed_at: null, outcome: null },
      { handed_at: null, outcome: null },
    ]);
    clock.advance(61_000);
    expect(await mail.work.recoverLeases()).to.equal(2);
    expect(await stateOf(first.messageId)).to.equal('queued');
    const [again] = await claim(1);
    const gated = await markHandedOver(db, [first, second], { now: clock.now(), leaseEnd: clock.now() });
    expect(gated).to.deep.equal([]);
    expect(again?.messageId).to.be.oneOf([first.messageId, second.messageId]);
  });

  it('lets a slow process write nothing over its successor', async () => {
    await queue(1);
    const [slow] = await claim();
    if (!slow) throw new Error('nothing was claimed');
    const attemptId = (await db('postlane_attempts').first()).id;
    clock.advance(61_000);
    await mail.work.recoverLeases();
    const [successor] = await claim();
    await recordResults(
      db,
      [
        {
          claim: slow,
          attempt: { id: attemptId, outcome: 'rejected', code: 'x', answer: '', providerMessageId: null },
          next: { to: 'fail', reason: 'late' },
        },
      ],
      clock.now(),
    );
    expect(await stateOf(slow.messageId)).to.equal('sending');
    expect((await db('postlane_messages').first()).lease).to.equal(successor?.lease);
  });

  it('renders each message from the version it was accepted with', async () => {
    await queue(1);
    await db('postlane_template_versions').where({ template: 'password-reset' }).update({ published: null });
    await mail.work.deliverDue('transactional');
    expect(api.given).to.have.length(1);
  });

  it('fails a message that cannot be rendered, alone', async () => {
    await queue(3);
    const [[victim]] = await db.raw('SELECT id FROM postlane_messages LIMIT 1');
    await db('postlane_message_contents').where({ message_id: victim.id }).delete();
    await mail.work.deliverDue('transactional');
    expect(await mail.messages.countByState()).to.deep.equal({ failed: 1, sent: 2 });
    expect((await mail.messages.get(victim.id))?.reason).to.include('purged');
  });

  it('keeps the lanes apart', async () => {
    await queue(2);
    await db('postlane_messages').limit(1).update({ lane: 'bulk' });
    api.answer(accept);
    expect(await mail.work.deliverDue('bulk')).to.equal(1);
    expect(await mail.work.deliverDue('transactional')).to.equal(1);
  });

  it('finds due rows by the claim index, in its order, without sorting', async () => {
    const rows = Array.from({ length: 400 }, () => newId());
    await queue(1);
    const [template] = await db('postlane_messages').select('*').limit(1);
    // Generated: MySQL takes no value for it.
    delete template.tag_start;
    await db('postlane_messages').insert(
      rows.map((id, i) => ({ ...template, id, state: i % 4 ? 'sent' : 'queued', due_at: template.due_at })),
    );
    const [plan] = await db.raw(`EXPLAIN ${dueSql}`, [
      'transactional',
      clock.now(),
      ['postmark-api', 'postmark-smtp'],
      50,
    ]);
    // A table on MariaDB, a tree in words on MySQL 9.
    const used = JSON.stringify(plan, (key, value) => (key === 'possible_keys' ? undefined : value));
    expect(used)
      .to.include('messages_due')
      .and.not.match(/filesort|Sort:/);
  });
});
