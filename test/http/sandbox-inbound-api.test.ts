import { expect } from 'chai';
import { Models } from 'postmark';
import { refusalOf } from '../support/postmark-refusal.ts';
import { useSandboxAndReceiver } from '../support/sandbox.ts';

const { Blocked, Failed, Scheduled } = Models.InboundMessageStatus;

describe("the sandbox's inbound mail over REST", () => {
  const { sandbox, client, receiver } = useSandboxAndReceiver(() => ({ retryScale: 1 }));

  it('shows every field', async () => {
    const { InboundAddress } = await client.getServer();
    const MessageID = await sandbox.receive({
      from: 'Ada <ada@mail.example>',
      to: InboundAddress.replace('@', '+ticket-7@'),
      cc: 'bob@mail.example',
      replyTo: 'desk@mail.example',
      subject: 'Re: order',
      text: 'Thanks!\n\nOn Monday somebody wrote:\n> hi',
      html: '<p>Thanks!</p>',
      inReplyTo: '<first@mail.example>',
      attachments: [{ filename: 'a.txt', content: 'hi', contentType: 'text/plain' }],
    });
    const { TotalCount, InboundMessages } = await client.getInboundMessages();
    expect(TotalCount).to.equal(1);
    const [{ Date: date, ToFull, ...row } = { Date: '', ToFull: [] }] = InboundMessages;
    expect(date).to.match(/^\w{3}, \d{2} \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/);
    const to = InboundAddress.replace('@', '+ticket-7@');
    expect(ToFull).to.deep.equal([{ Email: to, Name: '', MailboxHash: 'ticket-7' }]);
    expect(row).to.deep.equal({
      From: 'ada@mail.example',
      FromName: 'Ada',
      FromFull: { Email: 'ada@mail.example', Name: 'Ada', MailboxHash: '' },
      To: to,
      Cc: 'bob@mail.example',
      CcFull: [{ Email: 'bob@mail.example', Name: '', MailboxHash: '' }],
      Bcc: '',
      BccFull: [],
      OriginalRecipient: to,
      Subject: 'Re: order',
      MessageID,
      ReplyTo: 'desk@mail.example',
      MailboxHash: 'ticket-7',
      Tag: '',
      Attachments: [{ Name: 'a.txt', ContentType: 'text/plain', ContentLength: 2, ContentID: '' }],
      Status: 'Processed',
      MessageStream: 'inbound',
    });
    const details = await client.getInboundMessageDetails(MessageID);
    expect(details).to.include({
      StrippedTextReply: 'Thanks!',
      HtmlBody: '<p>Thanks!</p>',
      BlockedReason: null,
    });
    const names = details.Headers.map(({ Name }) => Name);
    expect(names).to.include.members(['Message-ID', 'In-Reply-To', 'X-Spam-Status', 'X-Spam-Score']);
    expect(names).not.to.include('Reply-To');
  });

  it('finds by every parameter', async () => {
    const address = (await client.getServer()).InboundAddress;
    await sandbox.receive({
      from: 'ada@mail.example',
      subject: 'One',
      text: 'x',
      headers: { 'X-PM-Tag': 'a' },
    });
    await sandbox.receive({
      from: 'bob@mail.example',
      to: address.replace('@', '+h@'),
      subject: 'Two',
      text: 'x',
    });
    const subjects = async (filter: object): Promise<string[]> =>
      (await client.getInboundMessages({ ...filter })).InboundMessages.map(({ Subject }) => Subject);
    expect(await subjects({})).to.deep.equal(['Two', 'One']);
    expect(await subjects({ count: 1, offset: 1 })).to.deep.equal(['One']);
    const filters: [object, string[]][] = [
      [{ fromEmail: 'ADA@' }, ['One']],
      [{ recipient: '+h@' }, ['Two']],
      [{ subject: 'two' }, ['Two']],
      [{ mailboxHash: 'h' }, ['Two']],
      [{ tag: 'a' }, ['One']],
      [{ status: Blocked }, []],
      [{ toDate: '2020-01-01' }, []],
      [{ fromDate: '2020-01-01' }, ['Two', 'One']],
    ];
    for (const [filter, wanted] of filters) expect(await subjects(filter)).to.deep.equal(wanted);
    expect(await refusalOf(client.getInboundMessages({ count: 501 }))).to.include({ code: 700 });
    expect(await refusalOf(client.getInboundMessageDetails('nothing'))).to.include({ code: 701 });
  });

  it('is blocked by rules, and let through on demand', async () => {
    await client.createInboundRuleTrigger({ Rule: 'spam.example' });
    const rule = await client.createInboundRuleTrigger({ Rule: 'Bob@mail.example' });
    expect(await client.getInboundRuleTriggers()).to.deep.include({ TotalCount: 2 });
    expect(await refusalOf(client.createInboundRuleTrigger({ Rule: 'SPAM.example' }))).to.include({
      code: 810,
    });
    expect(await refusalOf(client.createInboundRuleTrigger({ Rule: '' }))).to.include({ code: 809 });
    await client.editServer({ InboundHookUrl: receiver.url });
    const id = await sandbox.receive({ from: 'x@spam.example', text: 'x' });
    await sandbox.receive({ from: 'bob@mail.example', text: 'x' });
    expect((await client.getInboundMessages({ status: Blocked })).TotalCount).to.equal(2);
    expect((await client.getInboundMessageDetails(id)).BlockedReason).to.contain('spam.example');
    expect(await client.bypassBlockedInboundMessage(id)).to.include({ ErrorCode: 0 });
    await sandbox.idle();
    expect(receiver.hooks.map(({ body }) => body.MessageID)).to.deep.equal([id]);
    expect(await refusalOf(client.bypassBlockedInboundMessage(id))).to.include({ code: 701 });
    expect(await client.deleteInboundRuleTrigger(rule.ID)).to.deep.equal({
      ErrorCode: 0,
      Message: 'Rule Bob@mail.example removed.',
    });
    expect(await refusalOf(client.deleteInboundRuleTrigger(rule.ID))).to.include({ code: 812 });
  });

  it('is blocked as spam above the threshold of the server', async () => {
    await client.editServer({ InboundSpamThreshold: 5 });
    const spam = (score: string) => ({
      from: 'a@mail.example',
      text: 'x',
      headers: { 'X-Spam-Score': score },
    });
    await sandbox.receive(spam('5.0'));
    await sandbox.receive(spam('5.1'));
    expect((await client.getInboundMessages({ status: Blocked })).TotalCount).to.equal(1);
  });

  it('is tried ten times more, listed as failed, and posted again on demand', async () => {
    await client.editServer({ InboundHookUrl: receiver.url });
    receiver.answerWith(...Array.from({ length: 11 }, () => 404));
    const id = await sandbox.receive({ from: 'ada@mail.example', text: 'x' });
    await sandbox.idle();
    expect((await client.getInboundMessages({ status: Scheduled })).TotalCount).to.equal(1);
    await sandbox.idle({ withRetries: true });
    expect(receiver.hooks.map(({ headers }) => Number(headers['x-pm-retries-remaining']))).to.deep.equal([
      10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0,
    ]);
    expect((await client.getInboundMessages({ status: Failed })).TotalCount).to.equal(1);
    const { Bounces } = await client.getBounces({ messageStream: 'inbound' });
    expect(Bounces.map(({ Type, MessageID }) => [Type, MessageID])).to.deep.equal([['InboundError', id]]);
    expect(await client.retryInboundHookForMessage(id)).to.include({ ErrorCode: 0 });
    await sandbox.idle();
    expect((await client.getInboundMessages()).TotalCount).to.equal(1);
    expect(await refusalOf(client.retryInboundHookForMessage(id))).to.include({ code: 701 });
  });

  it('is given up at once after 403', async () => {
    await client.editServer({ InboundHookUrl: receiver.url });
    receiver.answerWith(403);
    await sandbox.receive({ from: 'ada@mail.example', text: 'x' });
    await sandbox.idle({ withRetries: true });
    expect(receiver.hooks).to.have.length(1);
    expect((await client.getInboundMessages({ status: Failed })).TotalCount).to.equal(1);
  });
});
