import { expect } from 'chai';
import PostalMime from 'postal-mime';
import { restClient } from '../sandbox/clients.ts';
import { createSandbox } from '../sandbox/index.ts';
import { useSandbox } from '../support/sandbox.ts';

const mail = {
  From: 'Shop <shop@sender.example>',
  To: 'Ada <ada@mail.example>',
  Subject: 'Hello',
  TextBody: 'Hi',
};

describe("the sandbox's message search", () => {
  const { sandbox, client } = useSandbox({ deliveryMs: 1 });

  it('shows every field of a message', async () => {
    const { MessageID } = await client.sendEmail({
      ...mail,
      Cc: 'c@mail.example',
      Bcc: 'b@mail.example',
      Tag: 'receipt',
      Metadata: { order: 'A-17' },
      Attachments: [{ Name: 'a.txt', Content: 'aGk=', ContentType: 'text/plain', ContentID: null }],
    });
    await sandbox.idle();
    const { TotalCount, Messages } = await client.getOutboundMessages();
    expect(TotalCount).to.equal(1);
    const [row] = Messages;
    expect(row?.ReceivedAt).to.match(/\.\d{7}Z$/);
    expect({ ...row, ReceivedAt: '' }).to.deep.equal({
      Tag: 'receipt',
      MessageID,
      MessageStream: 'outbound',
      To: [{ Email: 'ada@mail.example', Name: 'Ada' }],
      Cc: [{ Email: 'c@mail.example', Name: '' }],
      Bcc: [{ Email: 'b@mail.example', Name: '' }],
      Recipients: ['ada@mail.example', 'c@mail.example', 'b@mail.example'],
      ReceivedAt: '',
      From: '"Shop" <shop@sender.example>',
      Subject: 'Hello',
      Attachments: ['a.txt'],
      Status: 'Sent',
      TrackOpens: false,
      TrackLinks: 'None',
      Metadata: { order: 'A-17' },
      Sandboxed: false,
    });
  });

  it('finds by metadata, whatever the case of the key', async () => {
    await client.sendEmail({ ...mail, Metadata: { 'postlane-attempt': 'one', Order: '7' } });
    await client.sendEmail({ ...mail, Metadata: { 'postlane-attempt': 'two' } });
    const found = await client.getOutboundMessages({ 'metadata_postlane-attempt': 'two' });
    expect(found.Messages.map(({ Metadata }) => Metadata)).to.deep.equal([{ 'postlane-attempt': 'two' }]);
    expect((await client.getOutboundMessages({ metadata_order: '7' })).TotalCount).to.equal(1);
    expect((await client.getOutboundMessages({ metadata_order: '8' })).TotalCount).to.equal(0);
  });

  it('looks into the stream outbound unless another is named', async () => {
    await client.sendEmail({ ...mail, MessageStream: 'broadcast' });
    expect((await client.getOutboundMessages()).TotalCount).to.equal(0);
    expect((await client.getOutboundMessages({ messageStream: 'broadcast' })).TotalCount).to.equal(1);
    const error = await client
      .getOutboundMessages({ messageStream: 'nowhere' })
      .catch((caught: unknown) => caught);
    expect(error).to.have.property('code', 1226);
  });

  it('filters by recipient, sender, tag, subject and date', async () => {
    await client.sendEmail({ ...mail, Tag: 'a' });
    await client.sendEmail({ ...mail, To: 'bob@mail.example', Tag: 'b', Subject: 'Other' });
    const count = async (filter: object): Promise<number> =>
      Number((await client.getOutboundMessages({ ...filter })).TotalCount);
    expect(await count({ recipient: 'BOB@mail.example' })).to.equal(1);
    expect(await count({ fromEmail: 'shop@sender.example' })).to.equal(2);
    expect(await count({ tag: 'a' })).to.equal(1);
    expect(await count({ subject: 'other' })).to.equal(1);
    expect(await count({ todate: '2020-01-01' })).to.equal(0);
    expect(await count({ fromdate: '2020-01-01T00:00:00' })).to.equal(2);
  });

  it('pages newest first and never clamps a page that reaches too far', async () => {
    for (const Subject of ['one', 'two', 'three']) await client.sendEmail({ ...mail, Subject });
    const page = await client.getOutboundMessages({ count: 2, offset: 1 });
    expect(page.TotalCount).to.equal(3);
    expect(page.Messages.map(({ Subject }) => Subject)).to.deep.equal(['two', 'one']);
    for (const paging of [{ count: 501 }, { count: 500, offset: 9501 }, { count: 5, offset: -1 }]) {
      const error = await client.getOutboundMessages(paging).catch((caught: unknown) => caught);
      expect(error).to.include({ code: 700, statusCode: 422 });
    }
  });

  it('tells what happened to a message', async () => {
    const { MessageID } = await client.sendEmail({ ...mail, HtmlBody: '<p>Hi</p>' });
    await sandbox.idle();
    const details = await client.getOutboundMessageDetails(MessageID);
    expect(details).to.include({ TextBody: 'Hi', HtmlBody: '<p>Hi</p>', Status: 'Sent' });
    expect(details.Body).to.contain('Subject: Hello');
    expect(details.MessageEvents.map(({ Type, Recipient }) => [Type, Recipient])).to.deep.equal([
      ['Delivered', 'ada@mail.example'],
    ]);
  });

  it('keeps the first megabyte of a body, and shows the source as it is', async () => {
    const { MessageID } = await client.sendEmail({ ...mail, TextBody: 'x'.repeat(2_000_000) });
    expect((await client.getOutboundMessageDetails(MessageID)).TextBody).to.have.length(1024 * 1024);
    expect((await client.getOutboundMessageDump(MessageID)).Body).to.contain('Subject: Hello\r\n');
  });

  it('shows a delay as an event of its own kind, with the words of the receiving server', async () => {
    const { MessageID } = await client.sendEmail({ ...mail, To: 'transient@bounce-testing.postmarkapp.com' });
    await sandbox.idle();
    const { MessageEvents } = await client.getOutboundMessageDetails(MessageID);
    expect(MessageEvents.map(({ Type }) => Type)).to.deep.equal(['Transient']);
    expect(MessageEvents[0]?.Details).to.have.keys(['DeliveryMessage', 'DestinationServer', 'DestinationIP']);
  });

  it('dumps a message as the MIME its recipient gets, the same each time', async () => {
    const { MessageID } = await client.sendEmail({
      ...mail,
      HtmlBody: '<p>Hi</p>',
      Attachments: [{ Name: 'a.txt', Content: 'SGVsbG8=', ContentType: 'text/plain', ContentID: null }],
    });
    const { Body } = await client.getOutboundMessageDump(MessageID);
    const email = await PostalMime.parse(Body, { attachmentEncoding: 'utf8' });
    expect([email.text?.trim(), email.html?.trim()]).to.deep.equal(['Hi', '<p>Hi</p>']);
    expect(email.attachments.map(({ filename, content }) => [filename, content])).to.deep.equal([
      ['a.txt', 'Hello'],
    ]);
    expect(email.messageId).to.equal(`<${MessageID}@mtasv.net>`);
    expect(Body.match(/^message-id:/gim)).to.have.length(1);
    expect((await client.getOutboundMessageDump(MessageID)).Body).to.equal(Body);
  });

  it('filters by status', async () => {
    const slow = await createSandbox({ deliveryMs: 60_000 });
    const slowClient = restClient(slow);
    await slowClient.sendEmail(mail);
    const count = async (status: string): Promise<number> =>
      Number((await slowClient.getOutboundMessages({ status } as object)).TotalCount);
    expect([await count('queued'), await count('sent')]).to.deep.equal([1, 0]);
    await slow.clock.advance(60_000);
    expect([await count('queued'), await count('sent'), await count('processed')]).to.deep.equal([0, 1, 1]);
    const error = await count('lost').catch((caught: unknown) => caught);
    expect(error).to.have.property('code', 700);
    await slow.close();
  });

  it('answers 701 for an unknown message', async () => {
    const error = await client.getOutboundMessageDetails('nothing').catch((caught: unknown) => caught);
    expect(error).to.include({ code: 701, statusCode: 422 });
  });

  it('hides a message from searches for the lag it is given', async () => {
    const slow = await createSandbox({ searchLagMs: 60_000 });
    const { MessageID } = await restClient(slow).sendEmail({ ...mail, Metadata: { order: '1' } });
    expect((await restClient(slow).getOutboundMessages({ metadata_order: '1' })).TotalCount).to.equal(0);
    const error = await restClient(slow)
      .getOutboundMessageDetails(MessageID)
      .catch((caught: unknown) => caught);
    expect(error).to.have.property('code', 701);
    await slow.close();
  });

  it('keeps the bodies of the newest messages only', async () => {
    const small = await createSandbox({ keepBodies: 1 });
    const first = await restClient(small).sendEmail(mail);
    const second = await restClient(small).sendEmail(mail);
    expect(await small.content(first.MessageID)).to.equal(null);
    expect(await small.content(second.MessageID)).to.include({ text: 'Hi' });
    await small.close();
  });
});
