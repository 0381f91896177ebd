import { expect } from 'chai';
import { Models } from 'postmark';
import { refusalOf } from '../support/postmark-refusal.ts';
import { useSandbox } from '../support/sandbox.ts';

const mail = { From: 'Shop <shop@sender.example>', To: 'ada@mail.example', Subject: 'Hello', TextBody: 'Hi' };

describe("the sandbox's bounces", () => {
  const { sandbox, client } = useSandbox({ deliveryMs: 1 });

  async function sendTo(To: string, more: object = {}): Promise<string> {
    const { MessageID } = await client.sendEmail({ ...mail, To, ...more });
    await sandbox.idle();
    return MessageID;
  }

  it('shows every field of a bounce', async () => {
    const MessageID = await sendTo('HardBounce@bounce-testing.postmarkapp.com', { Tag: 'receipt' });
    const { TotalCount, Bounces } = await client.getBounces();
    expect(TotalCount).to.equal(1);
    const { BouncedAt, ...row } = Bounces[0] ?? { BouncedAt: '' };
    expect(BouncedAt).to.match(/\.\d{7}Z$/);
    expect(row).to.deep.equal({
      RecordType: 'Bounce',
      ID: 700000001,
      Type: 'HardBounce',
      TypeCode: 1,
      Name: 'Hard bounce',
      Tag: 'receipt',
      MessageID,
      ServerID: 77,
      MessageStream: 'outbound',
      Description: 'The mailbox does not exist; mail to it will never arrive.',
      Details: 'smtp;550 5.1.1 The account that you tried to reach does not exist.',
      Email: 'HardBounce@bounce-testing.postmarkapp.com',
      From: 'shop@sender.example',
      DumpAvailable: true,
      Inactive: true,
      CanActivate: true,
      Subject: 'Hello',
    });
    const whole = await client.getBounce(700000001);
    expect(whole.Content).to.be.a('string').and.not.equal('');
    expect((await client.getBounceDump(700000001)).Body).to.equal(whole.Content);
  });

  const generated: [to: string, type: string, inactive: boolean][] = [
    ['SoftBounce@bounce-testing.postmarkapp.com', 'SoftBounce', false],
    ['auto_responder@bounce-testing.postmarkapp.com', 'AutoResponder', false],
    ['DNSERROR@bounce-testing.postmarkapp.com', 'DnsError', false],
    ['nonsense@bounce-testing.postmarkapp.com', 'HardBounce', true],
    ['SpamComplaint@bounce-testing.postmarkapp.com', 'HardBounce', true],
    ['bounce+7@mail.example', 'HardBounce', true],
    ['hardbounce.ada@mail.example', 'HardBounce', true],
    ['softbounce@mail.example', 'SoftBounce', false],
    ['complainer@mail.example', 'SpamComplaint', true],
  ];
  for (const [to, type, inactive] of generated) {
    it(`stages ${type} for ${to}`, async () => {
      await sendTo(to);
      const { Bounces } = await client.getBounces();
      expect(Bounces.map(({ Type, Inactive }) => [Type, Inactive])).to.deep.equal([[type, inactive]]);
      expect((await client.getSuppressions('outbound')).Suppressions).to.have.length(inactive ? 1 : 0);
    });
  }

  it('heeds X-PM-Bounce-Type at the bounce generator', async () => {
    const Headers = [{ Name: 'X-PM-Bounce-Type', Value: 'Transient' }];
    await sendTo('any@bounce-testing.postmarkapp.com', { Headers });
    await sendTo('any@mail.example', { Headers });
    expect((await client.getBounces()).Bounces.map(({ Type }) => Type)).to.deep.equal(['Transient']);
  });

  it('shows mail to the black hole as delivered', async () => {
    const id = await sendTo('x@blackhole.postmarkapp.com');
    const { MessageEvents } = await client.getOutboundMessageDetails(id);
    expect(MessageEvents.map(({ Type }) => Type)).to.deep.equal(['Delivered']);
  });

  it('filters by every parameter and reads the stream outbound by default', async () => {
    const id = await sendTo('bounce+1@mail.example', { Tag: 'a' });
    await sendTo('softbounce@other.example', { Tag: 'b' });
    await sendTo('bounce+2@mail.example', { MessageStream: 'broadcast' });
    const emails = async (filter: object): Promise<string[]> =>
      (await client.getBounces({ ...filter })).Bounces.map(({ Email }) => Email);
    const [hard, soft] = ['bounce+1@mail.example', 'softbounce@other.example'];
    expect(await emails({})).to.deep.equal([soft, hard]);
    expect(await emails({ messageStream: 'broadcast' })).to.deep.equal(['bounce+2@mail.example']);
    expect(await emails({ type: Models.BounceType.HardBounce })).to.deep.equal([hard]);
    expect(await emails({ inactive: false })).to.deep.equal([soft]);
    expect(await emails({ emailFilter: 'OTHER' })).to.deep.equal([soft]);
    expect(await emails({ tag: 'a' })).to.deep.equal([hard]);
    expect(await emails({ messageID: id })).to.deep.equal([hard]);
    expect(await emails({ toDate: '2020-01-01T00:00:00' })).to.deep.equal([]);
    expect(await emails({ fromDate: '2020-01-01' })).to.deep.equal([soft, hard]);
    expect(await emails({ count: 1, offset: 1 })).to.deep.equal([hard]);
  });

  it('refuses pages out of bounds, unknown types and bad dates with code 1000', async () => {
    for (const filter of [
      { count: 501 },
      { count: 500, offset: 9600 },
      { fromDate: 'yesterday' },
      { type: 'Odd' },
    ]) {
      const error = await client.getBounces(filter as object).catch((caught: unknown) => caught);
      expect(error).to.include({ code: 1000, statusCode: 422 });
    }
  });

  it('activates a hard bounce but never a complaint', async () => {
    await sendTo('bounce+1@mail.example');
    await sendTo('complain@mail.example');
    const { Message, Bounce } = await client.activateBounce(700000001);
    expect(Message).to.equal('OK');
    expect(Bounce).to.include({ ID: 700000001, Inactive: false });
    const error = await client.activateBounce(700000002).catch((caught: unknown) => caught);
    expect(error).to.have.property('code', 1003);
    const { Suppressions } = await client.getSuppressions('outbound');
    expect(Suppressions.map(({ EmailAddress }) => EmailAddress)).to.deep.equal(['complain@mail.example']);
    await sendTo('bounce+1@mail.example');
    expect((await client.getBounces()).TotalCount).to.equal(3);
  });

  it('lets nobody activate an address that complained after its bounce', async () => {
    const MessageID = await sendTo('ada@mail.example');
    sandbox.bounce(MessageID);
    sandbox.bounce(MessageID);
    sandbox.complain(MessageID);
    const { Suppressions } = await client.getSuppressions('outbound');
    expect(Suppressions.map(one => one.SuppressionReason)).to.deep.equal(['SpamComplaint']);
    expect(await refusalOf(client.activateBounce(700000001))).to.include({ status: 422, code: 1003 });
    const taken = await client.deleteSuppressions('outbound', {
      Suppressions: [{ EmailAddress: 'ada@mail.example' }],
    });
    expect(taken.Suppressions[0]).to.include({ Status: 'Failed' });
    const { InactiveMails, Bounces } = await client.getDeliveryStatistics();
    expect([InactiveMails, Bounces[0]?.Count]).to.deep.equal([1, 3]);
  });

  it('keeps what came back for 30 days and the bounce for 45', async () => {
    await sendTo('bounce+1@mail.example');
    await sandbox.clock.advance(31 * 86_400_000);
    expect((await client.getBounceDump(700000001)).Body).to.equal('');
    expect(await client.getBounce(700000001)).to.include({ DumpAvailable: false });
    await sandbox.clock.advance(15 * 86_400_000);
    expect((await client.getBounces()).TotalCount).to.equal(0);
    const error = await client.getBounce(700000001).catch((caught: unknown) => caught);
    expect(error).to.have.property('code', 1001);
    // The suppression outlives the bounce, and statistics stay.
    expect((await client.getSuppressions('outbound')).Suppressions).to.have.length(1);
    expect((await client.getBounceCounts()).HardBounce).to.equal(1);
  });

  it('answers 1001 for an unknown bounce', async () => {
    const error = await client.getBounce(1).catch((caught: unknown) => caught);
    expect(error).to.have.property('code', 1001);
  });

  it('counts by type in the delivery statistics', async () => {
    await sendTo('bounce+1@mail.example');
    await sendTo('bounce+2@mail.example');
    await sendTo('softbounce@mail.example');
    expect(await client.getDeliveryStatistics()).to.deep.equal({
      InactiveMails: 2,
      Bounces: [
        { Name: 'All', Count: 3 },
        { Type: 'HardBounce', Name: 'Hard bounce', Count: 2 },
        { Type: 'SoftBounce', Name: 'Soft bounce', Count: 1 },
      ],
    });
  });
});
