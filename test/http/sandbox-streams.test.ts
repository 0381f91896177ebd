import { expect } from 'chai';
import { Models } from 'postmark';
import { useSandbox } from '../support/sandbox.ts';

describe("the sandbox's streams and suppressions", () => {
  const { sandbox, client } = useSandbox({
    deliveryMs: 1,
    streams: [{ id: 'alerts', type: 'Transactional' }],
  });

  it('lists the streams a new server has, and those it was given', async () => {
    const { MessageStreams, TotalCount } = await client.getMessageStreams();
    expect(TotalCount).to.equal(4);
    expect(MessageStreams.map(({ ID, MessageStreamType }) => `${ID} ${MessageStreamType}`)).to.deep.equal([
      'outbound Transactional',
      'inbound Inbound',
      'broadcast Broadcasts',
      'alerts Transactional',
    ]);
    expect((await client.getMessageStreams({ messageStreamType: 'Broadcasts' })).TotalCount).to.equal(1);
  });

  it('shows one stream with how it handles unsubscribes', async () => {
    const stream = await client.getMessageStream('broadcast');
    expect(stream.SubscriptionManagementConfiguration).to.deep.equal({ UnsubscribeHandlingType: 'Postmark' });
    expect(stream).to.include({ ID: 'broadcast', ServerID: 77, ArchivedAt: null });
    const error = await client.getMessageStream('nowhere').catch((caught: unknown) => caught);
    expect(error).to.include({
      code: 1226,
      message: "The message stream for the provided 'ID' was not found.",
    });
  });

  const list = (...emails: string[]) => ({ Suppressions: emails.map(EmailAddress => ({ EmailAddress })) });

  it('creates suppressions with a result per address', async () => {
    const { Suppressions } = await client.createSuppressions('outbound', list('A@mail.example', 'nonsense'));
    expect(Suppressions).to.deep.equal([
      { EmailAddress: 'a@mail.example', Status: 'Suppressed', Message: null },
      { EmailAddress: 'nonsense', Status: 'Failed', Message: 'An invalid email address was provided.' },
    ]);
    const dump = await client.getSuppressions('outbound');
    expect(dump.Suppressions).to.have.length(1);
    expect(dump.Suppressions[0]).to.include({
      EmailAddress: 'a@mail.example',
      SuppressionReason: 'ManualSuppression',
      Origin: 'Customer',
    });
    expect(dump.Suppressions[0]?.CreatedAt).to.match(/\.\d{7}Z$/);
    expect((await client.getSuppressions('broadcast')).Suppressions).to.deep.equal([]);
  });

  it('filters the dump', async () => {
    sandbox.suppress('outbound', 'a@mail.example');
    sandbox.suppress('outbound', 'b@mail.example', 'HardBounce');
    const emails = async (filter: object): Promise<string[]> =>
      (await client.getSuppressions('outbound', filter)).Suppressions.map(({ EmailAddress }) => EmailAddress);
    expect(await emails({ suppressionReason: Models.SuppressionReason.HardBounce })).to.deep.equal([
      'b@mail.example',
    ]);
    expect(await emails({ origin: Models.SuppressionOrigin.Customer })).to.deep.equal(['a@mail.example']);
    expect(await emails({ emailAddress: 'B@mail.example' })).to.deep.equal(['b@mail.example']);
    expect(await emails({ todate: '2020-01-01' })).to.deep.equal([]);
  });

  it('deletes what a customer may delete', async () => {
    await client.sendEmail({
      From: 'a@sender.example',
      To: 'left@mail.example',
      Subject: 'x',
      TextBody: 'x',
    });
    sandbox.unsubscribe('left@mail.example');
    sandbox.suppress('outbound', 'mine@mail.example');
    sandbox.suppress('outbound', 'hard@mail.example', 'HardBounce');
    sandbox.suppress('outbound', 'spam@mail.example', 'SpamComplaint');
    const names = ['mine', 'hard', 'spam', 'left', 'unknown'].map(name => `${name}@mail.example`);
    const { Suppressions } = await client.deleteSuppressions('outbound', list(...names));
    expect(Suppressions.map(({ Status }) => Status)).to.deep.equal([
      'Deleted',
      'Deleted',
      'Failed',
      'Failed',
      'Deleted',
    ]);
    expect(Suppressions[2]?.Message).to.equal(
      'You do not have the required authority to change this suppression.',
    );
  });

  it('refuses bodies it cannot use', async () => {
    const codeOf = async (call: Promise<unknown>): Promise<unknown> => {
      const error = await call.catch((caught: unknown) => caught);
      return error instanceof Error && 'code' in error ? error.code : error;
    };
    const many = list(...Array.from({ length: 51 }, (_, i) => `a${i}@mail.example`));
    expect(await codeOf(client.createSuppressions('outbound', many))).to.equal(1410);
    expect(await codeOf(client.createSuppressions('outbound', Object.create(null)))).to.equal(1409);
    expect(await codeOf(client.createSuppressions('nowhere', list('a@mail.example')))).to.equal(1226);
  });
});
