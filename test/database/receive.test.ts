import { expect } from 'chai';
import type { Mail } from '../../server/mail/index.ts';
import { testDatabase } from '../support/database.ts';
import { resetInput } from '../support/inputs.ts';
import { openMail } from '../support/mail.ts';
import { permutations } from '../support/permutations.ts';
import { createScriptedTransport, type ScriptedTransport } from '../support/scripted-transport.ts';

describe('receive', () => {
  const db = testDatabase();
  let mail: Mail;
  let api: ScriptedTransport;

  before(async () => {
    api = createScriptedTransport('postmark-api');
    mail = await openMail({ transports: [api] });
  });
  after(() => mail.close());
  beforeEach(async () => {
    await db('postlane_suppressions').delete();
    await db('postlane_events').delete();
  });

  const sent = async (to = 'ada@mail.example') => {
    const { id } = await mail.send(resetInput({ to }), { wait: true });
    const attemptId = api.given.at(-1)?.attemptId ?? '';
    const { provider_message_id: messageId } = await db('postlane_attempts').where({ id: attemptId }).first();
    return { id, attemptId, messageId, to };
  };
  type Sent = Awaited<ReturnType<typeof sent>>;
  const base = ({ attemptId, messageId }: Sent) => ({
    MessageID: messageId,
    MessageStream: 'outbound',
    Metadata: { 'postlane-attempt': attemptId },
    ServerID: 1,
  });
  const delivery = (message: Sent, at = '2026-05-04T09:00:00.1234567Z') => ({
    RecordType: 'Delivery',
    ...base(message),
    Recipient: message.to,
    DeliveredAt: at,
    Details: '250 ok',
  });
  const bounce = (message: Sent, over: object = {}) => ({
    RecordType: 'Bounce',
    ...base(message),
    ID: 700000000 + Math.floor(Math.random() * 1e8),
    Type: 'HardBounce',
    TypeCode: 1,
    Name: 'Hard bounce',
    Email: message.to,
    BouncedAt: '2026-05-04T09:01:00Z',
    Inactive: true,
    CanActivate: true,
    ...over,
  });
  const complaint = (message: Sent) =>
    bounce(message, {
      RecordType: 'SpamComplaint',
      Type: 'SpamComplaint',
      BouncedAt: '2026-05-04T10:00:00Z',
      CanActivate: false,
    });
  const change = (message: Sent, active: boolean, at: string) => ({
    RecordType: 'SubscriptionChange',
    ...base(message),
    Recipient: message.to,
    ChangedAt: at,
    Origin: 'Recipient',
    SuppressSending: active,
    SuppressionReason: active ? 'ManualSuppression' : null,
  });
  const open = (message: Sent, at: string) => ({
    RecordType: 'Open',
    ...base(message),
    Recipient: message.to,
    ReceivedAt: at,
  });

  it('moves the state, keeps the evidence and drops duplicates', async () => {
    const message = await sent();
    expect((await mail.receive('postmark', delivery(message))).result).to.equal('stored');
    expect((await mail.receive('postmark', delivery(message))).result).to.equal('duplicate');
    const view = await mail.messages.get(message.id);
    expect(view?.state).to.equal('delivered');
    expect(view?.deliveredAt?.toISOString()).to.equal('2026-05-04T09:00:00.123Z');
    expect(await db('postlane_events')).to.have.length(1);
  });

  it('stores one event when the same report arrives many times at once', async () => {
    const message = await sent();
    const body = bounce(message);
    const results = await Promise.all(Array.from({ length: 8 }, () => mail.receive('postmark', body)));
    expect(results.filter(({ result }) => result === 'stored')).to.have.length(1);
  });

  it('ends in the same state whatever the order of arrival', async function () {
    // 120 orders of five reports.
    this.timeout(120_000);
    const outcomes = new Set<string>();
    for (const order of permutations([0, 1, 2, 3, 4])) {
      await db('postlane_suppressions').delete();
      const message = await sent('same@mail.example');
      const reports = [
        delivery(message),
        bounce(message),
        complaint(message),
        open(message, '2026-05-04T09:30:00Z'),
        open(message, '2026-05-04T09:20:00Z'),
      ];
      for (const i of order) await mail.receive('postmark', reports[i]);
      const view = await mail.messages.get(message.id);
      const suppressed = await mail.suppressions.list({ address: 'same@mail.example' });
      outcomes.add(
        JSON.stringify([
          view?.state,
          view?.openedAt,
          suppressed.map(({ reason, changedAt }) => [reason, changedAt]),
        ]),
      );
      await db('postlane_suppressions').delete();
    }
    expect([...outcomes]).to.deep.equal([
      JSON.stringify([
        'complained',
        '2026-05-04T09:20:00.000Z',
        [['SpamComplaint', '2026-05-04T10:00:00.000Z']],
      ]),
    ]);
  });

  it('applies suppressions by their time, not their arrival', async () => {
    const message = await sent('back@mail.example');
    await mail.receive('postmark', change(message, false, '2026-05-04T12:00:00Z'));
    await mail.receive('postmark', change(message, true, '2026-05-04T11:00:00Z'));
    expect(await mail.suppressions.list({ address: 'back@mail.example' })).to.deep.equal([]);
    await mail.receive('postmark', change(message, true, '2026-05-04T13:00:00Z'));
    const refused = await mail.send(resetInput({ to: 'back@mail.example' }), { wait: true });
    expect(refused.state).to.equal('suppressed');
  });

  it('decides on Inactive alone whether an address is suppressed', async () => {
    const message = await sent('soft@mail.example');
    await mail.receive('postmark', bounce(message, { Type: 'SoftBounce', Inactive: false }));
    expect((await mail.messages.get(message.id))?.state).to.equal('sent');
    expect(await mail.suppressions.list({ address: 'soft@mail.example' })).to.have.length(0);
    await mail.receive('postmark', bounce(message, { Type: 'SoftBounce', Inactive: true }));
    expect(await mail.suppressions.list({ address: 'soft@mail.example' })).to.have.length(1);
  });

  it('finds the message by Postmark’s id when the metadata is missing', async () => {
    const message = await sent();
    await mail.receive('postmark', { ...delivery(message), Metadata: {} });
    expect((await mail.messages.get(message.id))?.state).to.equal('delivered');
  });

  it('believes a webhook that beats our own write', async () => {
    const message = await sent();
    await db('postlane_messages').where({ id: message.id }).update({ state: 'unknown', sent_at: null });
    await mail.receive('postmark', delivery(message));
    expect((await mail.messages.get(message.id))?.state).to.equal('delivered');
  });

  it('keeps what it does not know, and what is about no message of ours', async () => {
    expect((await mail.receive('postmark', { RecordType: 'Weather', Sunny: true })).result).to.equal(
      'stored',
    );
    const stranger = {
      id: '',
      attemptId: '',
      messageId: '11111111-2222-4333-8444-555555555555',
      to: 'x@mail.example',
    };
    expect(await mail.receive('postmark', bounce(stranger))).to.deep.equal({
      result: 'stored',
      messageId: null,
    });
    expect(await mail.suppressions.list({ address: 'x@mail.example' })).to.have.length(1);
  });

  it('leaves the state alone when a copy bounces, and suppresses the copy', async () => {
    const message = await sent();
    await mail.receive('postmark', bounce(message, { Email: 'copy@mail.example' }));
    expect((await mail.messages.get(message.id))?.state).to.equal('sent');
    expect(await mail.suppressions.list({ address: 'copy@mail.example' })).to.have.length(1);
  });
});
