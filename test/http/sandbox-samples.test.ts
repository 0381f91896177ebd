import { expect } from 'chai';
import { smtpClient } from '../sandbox/clients.ts';
import { inboundSample, providerSamples, smtpApiErrorSample } from '../support/provider-samples.ts';
import { useSandboxAndReceiver } from '../support/sandbox.ts';
import { shapeOf } from '../support/shape.ts';

const mail = { From: 'shop@sender.example', To: 'ada@mail.example', Subject: 'Hello', TextBody: 'Hi' };
const order = { Tag: 'receipt', Metadata: { order: 'A-17' } };
const news = { MessageStream: 'broadcast', Tag: 'news' };

describe('the sandbox emits what the provider samples say', () => {
  const { sandbox, client, receiver } = useSandboxAndReceiver(({ url }) => ({
    deliveryMs: 1,
    webhook: { url },
  }));

  async function send(more: object): Promise<string> {
    const { MessageID } = await client.sendEmail({ ...mail, ...more });
    await sandbox.idle();
    return MessageID;
  }

  /** What has to happen for each kind of event; the mail is like that of the sample. */
  const happenings: Record<keyof typeof providerSamples, () => Promise<unknown>> = {
    Delivery: () => send(order),
    Bounce: () => send({ ...order, To: 'bounce+1@mail.example' }),
    SpamComplaint: () => send({ ...news, To: 'complain@mail.example' }),
    Open: async () => sandbox.open(await send(order)),
    Click: async () => sandbox.click(await send(order), 'https://shop.example/', { visitor: { geo: {} } }),
    SubscriptionChange: async () => sandbox.unsubscribe(await send(news)),
  };
  for (const [recordType, sample] of Object.entries(providerSamples)) {
    it(`for ${recordType}, in keys and types`, async () => {
      await happenings[recordType as keyof typeof providerSamples]();
      await sandbox.idle();
      const [payload] = receiver.of(recordType);
      expect(shapeOf(payload)).to.deep.equal(shapeOf(sample));
      const constant = [
        'RecordType',
        'MessageStream',
        'ServerID',
        'Type',
        'TypeCode',
        'Name',
        'Inactive',
        'CanActivate',
      ];
      for (const key of constant)
        if (key in sample) expect(payload).to.have.property(key, Object(sample)[key]);
    });
  }

  it('for an SMTP API error, in keys and types', async () => {
    await client.editServer({ EnableSmtpApiErrorHooks: true });
    sandbox.suppress('outbound', 'gone@mail.example');
    const transport = smtpClient(sandbox);
    const headers = { 'X-PM-Tag': 'receipt', 'X-PM-Metadata-order': 'A-17' };
    await transport.sendMail({ from: mail.From, to: 'gone@mail.example', subject: 'x', text: 'x', headers });
    transport.close();
    await sandbox.idle();
    const [payload] = receiver.of('Bounce');
    expect(shapeOf(payload)).to.deep.equal(shapeOf(smtpApiErrorSample));
    const { Type, TypeCode, Name, Inactive, CanActivate } = smtpApiErrorSample;
    expect(payload).to.include({ Type, TypeCode, Name, Inactive, CanActivate });
  });

  it('for inbound mail, in keys and types', async () => {
    const { InboundAddress } = await client.editServer({ InboundHookUrl: receiver.url });
    await sandbox.receive({
      from: 'Ada <ada@mail.example>',
      to: InboundAddress.replace('@', '+t9@'),
      subject: 'Re: order',
      text: 'hi',
      inReplyTo: '<x@mail.example>',
      attachments: [{ filename: 'a.txt', content: 'hi', contentType: 'text/plain' }],
    });
    await sandbox.idle();
    const payload = receiver.hooks[0]?.body;
    expect(shapeOf(payload)).to.deep.equal(shapeOf(inboundSample));
    const { FromFull, MailboxHash, StrippedTextReply, Attachments } = inboundSample;
    expect(payload).to.deep.include({ FromFull, MailboxHash, StrippedTextReply, Attachments });
  });

  it('for inbound mail with its source, when the server is set to', async () => {
    await client.editServer({ InboundHookUrl: receiver.url, RawEmailEnabled: true });
    await sandbox.receive({ raw: 'From: a@mail.example\r\nTo: b@shop.example\r\nSubject: Hi\r\n\r\nHi' });
    await sandbox.idle();
    expect(receiver.hooks[0]?.body.RawEmail).to.match(/^From: a@mail\.example\r\n/);
  });

  it('for the probes of a webhook, too', async () => {
    const Triggers = Object.fromEntries(Object.keys(providerSamples).map(name => [name, { Enabled: true }]));
    sandbox.setWebhook(null);
    await client.createWebhook({ Url: receiver.url, Triggers });
    expect(receiver.hooks).to.have.length(6);
    for (const [recordType, sample] of Object.entries(providerSamples)) {
      const [probe] = receiver.of(recordType);
      expect(probe).to.have.all.keys(Object.keys(sample));
    }
  });
});
