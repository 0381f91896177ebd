import { expect } from 'chai';
import type { Mail } from '../../server/mail/index.ts';
import { createClock } from '../support/clock.ts';
import { testDatabase } from '../support/database.ts';
import { resetInput } from '../support/inputs.ts';
import { openMail, testConfig } from '../support/mail.ts';
import { useSandbox } from '../support/sandbox.ts';

const graceMs = 60_000;
const giveUpMs = 3_600_000;

describe('unknowns', () => {
  const db = testDatabase();
  const { sandbox } = useSandbox();
  let mail: Mail;
  let clock: ReturnType<typeof createClock>;

  beforeEach(async () => {
    clock = createClock();
    mail = await openMail(
      {
        now: clock.now,
        timing: { unknownGraceMs: graceMs, unknownRetryMs: 10_000, unknownGiveUpMs: giveUpMs },
      },
      testConfig({ token: sandbox.token, apiUrl: sandbox.apiUrl }),
    );
  });
  afterEach(() => mail.close());

  const stateOf = async (id: string) => (await mail.messages.get(id))?.state;
  const sendInto = async (kind: 'reset-before' | 'reset-after-accept', template = 'order') => {
    sandbox.faults.add({ where: 'POST /email', kind, times: 1 });
    const { id, state } = await mail.send(template === 'order' ? loyalty() : resetInput(), { wait: true });
    expect(state).to.equal('unknown');
    return id;
  };

  it('takes an accepted message for sent when the provider is found to have it', async () => {
    const id = await sendInto('reset-after-accept');
    expect(await mail.work.resolveUnknowns()).to.equal(0);
    clock.advance(graceMs);
    expect(await mail.work.resolveUnknowns()).to.equal(1);
    expect(await stateOf(id)).to.equal('sent');
    const [attempt] = await db('postlane_attempts').where({ message_id: id });
    expect(attempt).to.include({ outcome: 'accepted', code: 'found' });
    expect(attempt.provider_message_id).to.match(/^[0-9a-f-]{36}$/);
    expect([...sandbox.copiesByRecipient().values()]).to.deep.equal([1]);
  });

  it('sends again what the provider provably does not have', async () => {
    const id = await sendInto('reset-before');
    clock.advance(graceMs);
    await mail.work.resolveUnknowns();
    expect(await stateOf(id)).to.equal('queued');
    await mail.work.deliverDue('transactional');
    expect(await stateOf(id)).to.equal('sent');
    expect([...sandbox.copiesByRecipient().values()]).to.deep.equal([1]);
  });

  it('does not take silence for absence', async () => {
    const id = await sendInto('reset-after-accept');
    clock.advance(graceMs);
    sandbox.faults.add({ where: 'GET /messages/outbound', kind: 'status', status: 500, body: {} });
    await mail.work.resolveUnknowns();
    expect(await stateOf(id)).to.equal('unknown');
    sandbox.faults.clear();
    clock.advance(10_000);
    await mail.work.resolveUnknowns();
    expect(await stateOf(id)).to.equal('sent');
  });

  it('leaves an unanswerable one to an operator, or prefers delivery where the category says so', async () => {
    const careful = await sendInto('reset-after-accept');
    const urgent = await sendInto('reset-after-accept', 'reset');
    sandbox.faults.add({ where: 'GET /messages/outbound', kind: 'status', status: 500, body: {} });
    clock.advance(giveUpMs);
    await mail.work.resolveUnknowns();
    expect([await stateOf(careful), await stateOf(urgent)]).to.deep.equal(['unknown', 'queued']);
    expect((await mail.messages.get(careful))?.reason).to.include('operator');
    clock.advance(giveUpMs);
    expect(await mail.work.resolveUnknowns()).to.equal(0);
    await mail.messages.retry(careful);
    expect(await stateOf(careful)).to.equal('queued');
  });

  it('takes over what a dead process had handed over, and looks it up', async () => {
    const { id } = await mail.send(loyalty(), { wait: true });
    await db('postlane_messages')
      .where({ id })
      .update({ state: 'sending', lease: 'x', due_at: '2020-01-01' });
    await db('postlane_attempts').where({ message_id: id }).update({ outcome: null, settled_at: null });
    expect(await mail.work.recoverLeases()).to.equal(1);
    expect(await stateOf(id)).to.equal('unknown');
    clock.advance(graceMs);
    await mail.work.resolveUnknowns();
    expect(await stateOf(id)).to.equal('sent');
    expect([...sandbox.copiesByRecipient().values()]).to.deep.equal([1]);
  });
});

function loyalty() {
  return {
    template: 'loyalty-tier-upgrade',
    to: 'ada@mail.example',
    data: {
      tier: 'Gold',
      points: 1200,
      validUntil: '2027-01-01',
      benefits: [{ title: 'Free delivery', text: 'On every order.' }],
      actionUrl: 'https://shop.example/gold',
    },
  };
}
