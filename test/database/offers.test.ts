import { expect } from 'chai';
import type { Mail } from '../../server/mail/index.ts';
import { testDatabase } from '../support/database.ts';
import { newsletterData, resetInput } from '../support/inputs.ts';
import { openMail, testConfig } from '../support/mail.ts';
import { refusal } from '../support/refusal.ts';
import { useSandbox } from '../support/sandbox.ts';

const address = 'ada@mail.example';

describe('what is entered here, and the provider', () => {
  const db = testDatabase();
  const { sandbox } = useSandbox({ deliveryMs: 0 });
  let mail: Mail;

  beforeEach(async () => {
    mail = await openMail({}, testConfig({ token: sandbox.token, apiUrl: sandbox.apiUrl }));
  });
  afterEach(() => mail.close());

  const headers = () => ({ 'X-Postmark-Server-Token': sandbox.token, Accept: 'application/json' });
  const listed = async (stream: string): Promise<string[]> => {
    const dump = `${sandbox.apiUrl}/message-streams/${stream}/suppressions/dump`;
    const answer = await fetch(dump, { headers: headers() });
    const { Suppressions } = (await answer.json()) as { Suppressions: { EmailAddress: string }[] };
    return Suppressions.map(({ EmailAddress }) => EmailAddress);
  };
  const offers = () => db('postlane_suppressions').where({ source: 'operator' }).pluck('offer');

  it('is offered to its lists of bulk mail once it is committed, and to no other', async () => {
    const trx = await db.transaction();
    await mail.suppressions.add({ scope: 'bulk', address, note: 'by phone' }, { trx });
    expect(await mail.work.offerSuppressions()).to.equal(0);
    await trx.commit();
    await mail.suppressions.add('outbound', 'bob@mail.example', 'by phone');
    await mail.suppressions.add({ scope: 'everything', address: 'eve@mail.example', note: 'by phone' });
    await mail.suppressions.add({ scope: 'topic', topic: 'news', address: 'joan@mail.example', note: '' });
    expect(await mail.work.offerSuppressions()).to.equal(1);
    expect(await listed('broadcast')).to.deep.equal([address]);
    expect(await listed('outbound')).to.deep.equal([]);
    expect(await mail.work.offerSuppressions()).to.equal(0);
  });

  it('stays due while the provider cannot be told', async () => {
    const fault = { where: 'POST /message-streams/{id}/suppressions', kind: 'status' } as const;
    sandbox.faults.add({ ...fault, status: 503, body: {}, times: 1 });
    await mail.suppressions.add('broadcast', address, 'by phone');
    expect(await mail.work.offerSuppressions()).to.equal(0);
    expect(await offers()).to.deep.equal(['due']);
    expect(await mail.work.offerSuppressions()).to.equal(1);
    expect(await offers()).to.deep.equal(['done']);
    expect(await listed('broadcast')).to.deep.equal([address]);
  });

  it('is lifted at both, also where a night has brought it back as the provider’s', async () => {
    await mail.suppressions.add({ scope: 'bulk', address, note: 'by phone' });
    await mail.work.offerSuppressions();
    await mail.work.reconcile();
    expect((await mail.suppressions.list({ address })).map(one => one.source).sort()).to.deep.equal([
      'operator',
      'provider',
    ]);
    const { still } = await mail.suppressions.lift({ scope: 'bulk', address }, 'came back');
    expect(still).to.equal(null);
    expect(await listed('broadcast')).to.deep.equal([]);
    expect(await mail.suppressions.list()).to.deep.equal([]);
    const news = { template: 'newsletter', to: address, data: newsletterData };
    expect((await mail.messages.explain((await mail.send(news)).id))?.decision.kind).to.equal('send');
  });

  it('stays as it is when the provider does not answer', async () => {
    await mail.suppressions.add({ scope: 'bulk', address, note: 'by phone' });
    await mail.work.offerSuppressions();
    sandbox.faults.add({
      where: 'POST /message-streams/{id}/suppressions/delete',
      kind: 'status',
      status: 503,
      body: {},
      times: 1,
    });
    const lift = mail.suppressions.lift({ scope: 'bulk', address }, 'came back');
    expect((await refusal(lift)).message).to.include('could not be reached');
    expect(await mail.suppressions.list()).to.have.length(1);
    expect((await mail.send(resetInput({ to: address }), { wait: true })).state).to.equal('sent');
  });
});
