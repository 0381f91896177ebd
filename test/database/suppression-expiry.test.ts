import { expect } from 'chai';
import type { Mail, NewSuppression } from '../../server/mail/index.ts';
import { testDatabase } from '../support/database.ts';
import { openMail } from '../support/mail.ts';
import { providerSamples } from '../support/provider-samples.ts';
import { refusal } from '../support/refusal.ts';

const day = 24 * 3_600_000;

describe('a suppression that ends by itself', () => {
  const db = testDatabase();
  const start = new Date('2026-05-04T09:00:00Z');
  let at = start;
  let mail: Mail;

  before(async () => {
    mail = await openMail({ now: () => at });
  });
  beforeEach(() => {
    at = start;
  });
  after(() => mail.close());

  const inDays = (days: number) => new Date(start.getTime() + days * day);
  const entry = (address: string, days?: number): NewSuppression => ({
    ...{ address, scope: 'bulk', note: 'on holiday' },
    ...(days !== undefined && { expiresAt: inDays(days) }),
  });
  const active = async (address: string) =>
    (await mail.suppressions.list({ address })).map(({ expiresAt }) => expiresAt);

  it('stops mail until then, stays in the history, and cannot be lifted any more', async () => {
    const address = 'ada@mail.example';
    expect(await mail.suppressions.add(entry(address, 2))).to.equal(true);
    expect(await active(address)).to.deep.equal([inDays(2)]);
    at = inDays(2);
    expect(await active(address)).to.deep.equal([]);
    const { suppressions } = await mail.suppressions.page({ start: address });
    expect(suppressions).to.deep.equal([]);
    const evidence = await mail.suppressions.evidence({ address, scope: 'bulk' });
    expect(evidence?.suppression).to.deep.include({ active: false, expiresAt: inDays(2) });
    expect(await refusal(mail.suppressions.lift({ address, scope: 'bulk' }, 'x'))).to.include({
      code: 'wrong-state',
    });
    expect(await mail.suppressions.add(entry(address))).to.equal(true);
    const history = await mail.suppressions.history(address);
    expect(history.map(({ expiresAt }) => expiresAt)).to.deep.equal([null, inDays(2)]);
  });

  it('is made to last longer by entering it again, and never shorter', async () => {
    const address = 'grace@mail.example';
    const answers = [];
    for (const days of [5, 3, 5, 7, undefined, 9])
      answers.push(await mail.suppressions.add(entry(address, days)));
    expect(answers).to.deep.equal([true, false, false, true, true, false]);
    expect(await active(address)).to.deep.equal([null]);
    expect(await refusal(mail.suppressions.add(entry(address, 0)))).to.include({
      ...{ code: 'invalid-input', field: 'expiresAt' },
    });
  });

  it('is not told to the provider, whose list knows no end, until it stays', async () => {
    const address = 'joan@mail.example';
    const offers = () => db('postlane_suppressions').where({ address }).pluck('offer');
    await mail.suppressions.add(entry(address, 5));
    expect(await offers()).to.deep.equal([null]);
    await mail.suppressions.add(entry(address));
    expect(await offers()).to.deep.equal(['due']);
  });

  it('leaves what a provider reported as it is', async () => {
    const address = 'edsger@mail.example';
    await mail.receive('postmark', {
      ...providerSamples.SubscriptionChange,
      ...{ Recipient: address, MessageStream: 'broadcast', ChangedAt: start.toISOString() },
      ...{ SuppressSending: true, SuppressionReason: 'SpamComplaint', Origin: 'Recipient' },
    });
    await mail.suppressions.add({ ...entry(address, 2), scope: 'stream', stream: 'broadcast' });
    at = inDays(3);
    const [stays, ...others] = await mail.suppressions.list({ address });
    expect(others).to.deep.equal([]);
    expect(stays).to.include({ reason: 'SpamComplaint', active: true, expiresAt: null });
  });
});
