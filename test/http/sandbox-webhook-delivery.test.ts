import { expect } from 'chai';
import { createReceiver } from '../sandbox/receiver.ts';
import { useSandboxAndReceiver } from '../support/sandbox.ts';

const mail = { From: 'shop@sender.example', To: 'ada@mail.example', Subject: 'Hello', TextBody: 'Hi' };
const MINUTE = 60_000;

describe("how the sandbox's webhooks arrive", () => {
  const { sandbox, client, receiver } = useSandboxAndReceiver(({ url }) => ({
    deliveryMs: 0,
    webhook: { url },
  }));

  async function send(To: string): Promise<void> {
    await client.sendEmail({ ...mail, To });
    await sandbox.idle();
  }

  const recipients = (): unknown[] => receiver.of('Delivery').map(({ Recipient }) => Recipient);
  const remaining = (): unknown[] => receiver.hooks.map(({ headers }) => headers['x-pm-retries-remaining']);

  it('goes down the documented ladder as the clock moves, then gives up', async () => {
    receiver.answerWith(...Array.from({ length: 10 }, () => 503));
    await send('ada@mail.example');
    const seen: number[] = [];
    for (const minutes of [1, 5, 15, 1, 5, 10, 10, 10, 15]) {
      await sandbox.clock.advance(minutes * MINUTE - 1000);
      seen.push(receiver.hooks.length);
      await sandbox.clock.advance(1000);
    }
    expect(seen, 'tries made a second before each was due').to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(remaining()).to.deep.equal(['9', '8', '7', '6', '5', '4', '3', '2', '1', '0']);
    expect(sandbox.webhookCounts()).to.include({ delivered: 0, givenUp: 1, waitingForRetry: 0 });
  });

  it('goes down the whole ladder in one move of the clock', async () => {
    receiver.answerWith(500, 429, 408, 503);
    await send('ada@mail.example');
    await sandbox.clock.advance(72 * MINUTE);
    expect(remaining()).to.deep.equal(['9', '8', '7', '6', '5']);
    const traces = new Set(receiver.hooks.map(({ headers }) => headers['x-pm-webhook-trace-id']));
    expect(traces.size).to.equal(1);
    expect(sandbox.webhookCounts()).to.include({ delivered: 1, givenUp: 0 });
  });

  it('dates what it tells by the clock', async () => {
    const before = sandbox.clock.now().getTime();
    await sandbox.clock.advance(30 * 24 * 60 * MINUTE);
    await send('ada@mail.example');
    const [event] = receiver.of('Delivery');
    const passed = Date.parse(String(event?.DeliveredAt)) - before;
    expect(passed / (24 * 60 * MINUTE)).to.be.within(30, 30.01);
    const { Messages } = await client.getOutboundMessages();
    expect(Date.parse(Messages[0]?.ReceivedAt ?? '') - before).to.be.at.least(30 * 24 * 60 * MINUTE);
  });

  it('loses and doubles them', async () => {
    sandbox.faults.add({ where: 'webhook:Delivery', kind: 'lose', times: 1 });
    sandbox.faults.add({ where: 'webhook:*', kind: 'duplicate', times: 1 });
    await send('first@mail.example');
    await send('second@mail.example');
    expect(recipients()).to.deep.equal(['second@mail.example', 'second@mail.example']);
    const traces = receiver.hooks.map(({ headers }) => headers['x-pm-webhook-trace-id']);
    expect(traces[0]).to.equal(traces[1]);
  });

  it('lets a later one overtake', async () => {
    sandbox.faults.add({ where: 'webhook:Delivery', kind: 'reorder', ms: 60 * MINUTE, times: 1 });
    await send('first@mail.example');
    expect(recipients()).to.deep.equal([]);
    await send('second@mail.example');
    await send('third@mail.example');
    expect(recipients()).to.deep.equal(['second@mail.example', 'first@mail.example', 'third@mail.example']);
  });

  it('lets one go that nobody overtook', async () => {
    sandbox.faults.add({ where: 'webhook:Delivery', kind: 'reorder', ms: MINUTE, times: 1 });
    await send('first@mail.example');
    await sandbox.clock.advance(MINUTE);
    expect(recipients()).to.deep.equal(['first@mail.example']);
  });

  it('delays one by the clock', async () => {
    sandbox.faults.add({ where: 'webhook:Delivery', kind: 'slow', ms: 10 * MINUTE, times: 1 });
    await send('first@mail.example');
    await sandbox.clock.advance(9 * MINUTE);
    expect(recipients()).to.deep.equal([]);
    await sandbox.clock.advance(MINUTE);
    expect(recipients()).to.deep.equal(['first@mail.example']);
  });

  it('strikes only the event that matches', async () => {
    sandbox.faults.add({ where: 'webhook:*', kind: 'lose', matching: 'bob@' });
    await send('ada@mail.example');
    await send('bob@mail.example');
    expect(recipients()).to.deep.equal(['ada@mail.example']);
  });

  it('forgets what waits when it is reset', async () => {
    receiver.answerWith(500);
    sandbox.faults.add({ where: 'webhook:Delivery', kind: 'reorder', times: 1, matching: 'held@' });
    await send('held@mail.example');
    sandbox.reset();
    await sandbox.clock.advance(100 * MINUTE);
    expect(receiver.hooks).to.deep.equal([]);
  });

  it('refuses to move the clock back', async () => {
    const error = await sandbox.clock.advance(-1).catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(RangeError);
  });

  it('tells of an address that comes off the list', async () => {
    sandbox.suppress('broadcast', 'ada@mail.example');
    sandbox.unsuppress('broadcast', 'Ada@mail.example');
    sandbox.unsuppress('broadcast', 'ada@mail.example');
    await sandbox.idle();
    const changes = receiver.of('SubscriptionChange').map(({ SuppressSending }) => SuppressSending);
    expect(changes.sort()).to.deep.equal([false, true]);
  });

  it('delivers into the black hole, and to the bounce generator in Bcc', async () => {
    await send('hardbounce@blackhole.postmarkapp.com');
    await client.sendEmail({ ...mail, Bcc: 'HardBounce@bounce-testing.postmarkapp.com' });
    await sandbox.idle();
    expect(receiver.of('Bounce')).to.deep.equal([]);
    expect(recipients()).to.have.length(3);
    await send('soft_bounce@bounce-testing.postmarkapp.com');
    expect(receiver.of('Bounce').map(({ Type }) => Type)).to.deep.equal(['SoftBounce']);
  });

  it('posts a reply to the inbound webhook, with what it answers', async () => {
    const inbound = await createReceiver();
    sandbox.setInboundWebhook(inbound.url);
    const { MessageID } = await client.sendEmail({ ...mail, ReplyTo: 'help+t9@inbound.postmarkapp.com' });
    const id = await sandbox.reply('ada@mail.example', 'Thank you!');
    await sandbox.idle();
    const body: Record<string, unknown> = inbound.hooks[0]?.body ?? {};
    expect(body).to.include({
      MessageID: id,
      From: 'ada@mail.example',
      OriginalRecipient: 'help+t9@inbound.postmarkapp.com',
      MailboxHash: 't9',
      Subject: 'Re: Hello',
      StrippedTextReply: 'Thank you!',
      MessageStream: 'inbound',
    });
    expect(body.Headers).to.deep.include({ Name: 'In-Reply-To', Value: `<${MessageID}@mtasv.net>` });
    expect(body).not.to.have.property('RecordType');
    await inbound.close();
  });

  it('sends a reply to an address elsewhere on to the server', async () => {
    await client.sendEmail(mail);
    const inbound = await createReceiver();
    sandbox.setInboundWebhook(inbound.url);
    await sandbox.reply('ada@mail.example', { text: 'Hi', html: '<p>Hi</p>' });
    await sandbox.idle();
    const body: Record<string, unknown> = inbound.hooks[0]?.body ?? {};
    expect(body).to.include({ To: 'shop@sender.example', HtmlBody: '<p>Hi</p>' });
    expect(body.OriginalRecipient).to.match(/@inbound\.postmarkapp\.com$/);
    await inbound.close();
  });
});
