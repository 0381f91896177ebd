import { expect } from 'chai';
import { smtpClient } from '../sandbox/clients.ts';
import { providerSamples, smtpApiErrorSample } from '../support/provider-samples.ts';
import { useReports } from '../support/sandbox-webhooks.ts';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/;

describe("the sandbox's events", () => {
  const { sandbox, client, receiver, send } = useReports();

  /** The one event of its kind, with its time checked and taken out. */
  function theOnly(recordType: string, timeField: string): Record<string, unknown> {
    const found = receiver.of(recordType);
    expect(found).to.have.length(1);
    const { [timeField]: time, ...rest } = found[0] ?? {};
    expect(time).to.match(TIME);
    return rest;
  }

  it('tells of a delivery', async () => {
    const MessageID = await send();
    expect(theOnly('Delivery', 'DeliveredAt')).to.deep.equal({
      RecordType: 'Delivery',
      MessageStream: 'outbound',
      ServerID: 77,
      MessageID,
      Recipient: 'ada@mail.example',
      Tag: 'receipt',
      Details: '250 2.0.0 OK accepted for mail.example',
      Metadata: { order: 'A-17' },
    });
  });

  it('tells of a delivery once per recipient', async () => {
    await send({ Cc: 'bob@mail.example' });
    const recipients = receiver.of('Delivery').map(({ Recipient }) => Recipient);
    expect(recipients.sort()).to.deep.equal(['ada@mail.example', 'bob@mail.example']);
  });

  it('tells of a hard bounce and of the suppression it causes', async () => {
    const MessageID = await send({ To: 'bounce+1@mail.example' });
    expect(theOnly('Bounce', 'BouncedAt')).to.deep.equal({
      RecordType: 'Bounce',
      MessageStream: 'outbound',
      ID: 700000001,
      Type: 'HardBounce',
      TypeCode: 1,
      Name: 'Hard bounce',
      Tag: 'receipt',
      MessageID,
      Metadata: { order: 'A-17' },
      ServerID: 77,
      Description: 'The mailbox does not exist; mail to it will never arrive.',
      Details: 'smtp;550 5.1.1 The account that you tried to reach does not exist.',
      Email: 'bounce+1@mail.example',
      From: 'shop@sender.example',
      DumpAvailable: true,
      Inactive: true,
      CanActivate: true,
      Subject: 'Hello',
    });
    expect(theOnly('SubscriptionChange', 'ChangedAt')).to.deep.equal({
      RecordType: 'SubscriptionChange',
      MessageID,
      ServerID: 77,
      MessageStream: 'outbound',
      Recipient: 'bounce+1@mail.example',
      Origin: 'Recipient',
      SuppressSending: true,
      SuppressionReason: 'HardBounce',
      Tag: 'receipt',
      Metadata: { order: 'A-17' },
    });
    expect(receiver.of('Delivery')).to.deep.equal([]);
  });

  it('tells of a soft bounce without suppressing', async () => {
    await send({ To: 'softbounce@mail.example' });
    expect(theOnly('Bounce', 'BouncedAt')).to.include({
      Type: 'SoftBounce',
      TypeCode: 4096,
      Inactive: false,
    });
    expect(receiver.of('SubscriptionChange')).to.deep.equal([]);
  });

  it('tells of a complaint after the delivery', async () => {
    const MessageID = await send({ To: 'complain@mail.example', MessageStream: 'broadcast' });
    expect(receiver.of('Delivery')).to.have.length(1);
    expect(theOnly('SpamComplaint', 'BouncedAt')).to.deep.equal({
      RecordType: 'SpamComplaint',
      MessageStream: 'broadcast',
      ID: 700000001,
      Type: 'SpamComplaint',
      TypeCode: 100001,
      Name: 'Spam complaint',
      Tag: 'receipt',
      MessageID,
      Metadata: { order: 'A-17' },
      ServerID: 77,
      Description: 'The recipient marked the message as spam.',
      Details: 'Feedback loop report.',
      Email: 'complain@mail.example',
      From: 'shop@sender.example',
      DumpAvailable: true,
      Inactive: true,
      CanActivate: false,
      Subject: 'Hello',
    });
    expect(theOnly('SubscriptionChange', 'ChangedAt')).to.include({ SuppressionReason: 'SpamComplaint' });
  });

  it('tells of opens, the first and further ones', async () => {
    const MessageID = await send();
    sandbox.open(MessageID);
    sandbox.open('ada@mail.example');
    await sandbox.idle();
    const [first, second] = receiver.of('Open');
    expect([first?.FirstOpen, second?.FirstOpen].sort()).to.deep.equal([false, true]);
    expect(first?.ReceivedAt).to.match(TIME);
    expect(first).to.include({
      MessageID,
      Recipient: 'ada@mail.example',
      Tag: 'receipt',
      Platform: 'Desktop',
    });
    expect(first?.Metadata).to.deep.equal({ order: 'A-17' });
    expect(first).to.have.all.keys(Object.keys(providerSamples.Open));
  });

  it('tells of the first click per link', async () => {
    const MessageID = await send();
    sandbox.click(MessageID, 'https://shop.example/orders/17');
    sandbox.click(MessageID, 'https://shop.example/orders/17');
    await sandbox.idle();
    const click = theOnly('Click', 'ReceivedAt');
    expect(click).to.include({
      MessageID,
      ClickLocation: 'HTML',
      OriginalLink: 'https://shop.example/orders/17',
    });
    expect({ ...click, ReceivedAt: '' }).to.have.all.keys(Object.keys(providerSamples.Click));
  });

  it('tells of an unsubscribe, and of a reactivation without message', async () => {
    const MessageID = await send({ MessageStream: 'broadcast' });
    sandbox.unsubscribe(MessageID);
    await sandbox.idle();
    expect(theOnly('SubscriptionChange', 'ChangedAt')).to.deep.include({
      MessageID,
      MessageStream: 'broadcast',
      Origin: 'Recipient',
      SuppressionReason: 'ManualSuppression',
    });
    receiver.hooks.length = 0;
    const entry = { Suppressions: [{ EmailAddress: 'new@mail.example' }] };
    await client.createSuppressions('outbound', entry);
    await sandbox.idle();
    await client.deleteSuppressions('outbound', entry);
    await sandbox.idle();
    const [on, off] = receiver.of('SubscriptionChange');
    expect(on).to.include({ MessageID: null, Origin: 'Customer', SuppressSending: true, Tag: null });
    expect(off).to.include({ MessageID: null, SuppressSending: false, SuppressionReason: null });
    expect(off?.Metadata).to.deep.equal({});
  });

  it('tells of SMTP API errors only when the server is set to', async () => {
    const transport = smtpClient(sandbox);
    const refused = {
      from: 'a@sender.example',
      to: 'b@mail.example',
      text: 'x',
      headers: { 'X-PM-Message-Stream': 'no' },
    };
    await transport.sendMail(refused);
    await sandbox.idle();
    expect(receiver.hooks).to.deep.equal([]);
    await client.editServer({ EnableSmtpApiErrorHooks: true });
    await transport.sendMail(refused);
    await sandbox.idle();
    const bounce = receiver.of('Bounce')[0] ?? {};
    expect(bounce).to.include({ Type: 'SMTPApiError', TypeCode: 100007, Inactive: false });
    expect(bounce).to.have.all.keys(Object.keys(smtpApiErrorSample));
    transport.close();
  });
});
