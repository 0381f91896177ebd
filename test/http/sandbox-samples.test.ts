import { expect } from 'chai';
import { smtpClient } from '../sandbox/clients.ts';
import { BOUNCE_TYPES } from '../sandbox/delivery/bounce-types.ts';
import {
  inboundSample,
  providerSamples,
  smtpApiErrorSample,
  templateFailedSample,
  unsubscribeSample,
} from '../support/provider-samples.ts';
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

  it('for each type of bounce, by its button and by a call, as Postmark posts it', async () => {
    await client.editServer({ EnableSmtpApiErrorHooks: true });
    const MessageID = await send(order);
    const types = BOUNCE_TYPES.filter(({ type }) => type !== 'SpamComplaint');
    for (const { type } of types) {
      const body = new URLSearchParams({ type });
      await fetch(`${sandbox.apiUrl}/sandbox/messages/${MessageID}/bounce`, {
        method: 'POST',
        body,
        redirect: 'manual',
      });
      await sandbox.bounce(MessageID, type);
    }
    await sandbox.idle();
    const posted = receiver.of('Bounce');
    expect(posted.map(({ Type }) => Type).sort()).to.deep.equal(
      types.flatMap(({ type }) => [type, type]).sort(),
    );
    for (const payload of posted)
      expect(shapeOf(payload), String(payload.Type)).to.deep.equal(shapeOf(providerSamples.Bounce));
    for (const sample of [smtpApiErrorSample, templateFailedSample, unsubscribeSample]) {
      const { Type, TypeCode, Name, Inactive, CanActivate } = sample;
      expect(posted.find(one => one.Type === Type)).to.include({ TypeCode, Name, Inactive, CanActivate });
    }
  });

  it('for the end of a suppression, by its button', async () => {
    const MessageID = await send(news);
    const path = `${sandbox.apiUrl}/sandbox/messages/${MessageID}`;
    const press = (name: string) =>
      fetch(`${path}/${name}`, { method: 'POST', body: new URLSearchParams(), redirect: 'manual' });
    expect(await (await fetch(path)).text()).not.to.include('Reactivate');
    await press('unsubscribe');
    expect(await (await fetch(path)).text()).to.include('Reactivate');
    await press('reactivate');
    await sandbox.idle();
    const posted = receiver.of('SubscriptionChange');
    const ended = posted.find(one => !one.SuppressSending);
    expect(ended).to.include({
      SuppressSending: false,
      SuppressionReason: null,
      Recipient: mail.To,
      MessageStream: 'broadcast',
    });
    expect(posted).to.have.length(2);
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
