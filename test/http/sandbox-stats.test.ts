import { expect } from 'chai';
import { Models } from 'postmark';
import { smtpClient } from '../sandbox/clients.ts';
import { refusalOf } from '../support/postmark-refusal.ts';
import { useSandbox } from '../support/sandbox.ts';

const mail = { From: 'shop@sender.example', To: 'ada@mail.example', Subject: 'Hello', TextBody: 'Hi' };
const LINKS =
  '<a href="https://shop.example/a">a</a> <a href="https://shop.example/b" data-pm-no-track>b</a>';

describe("the sandbox's statistics", () => {
  const { sandbox, client } = useSandbox({ deliveryMs: 1 });

  async function send(more: object = {}): Promise<string> {
    const { MessageID } = await client.sendEmail({ ...mail, ...more });
    await sandbox.idle();
    return MessageID;
  }

  /** The Eastern day the sandbox is in. */
  function today(): string {
    return new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/New_York' }).format(sandbox.clock.now());
  }

  /** Checks totals, and that all of them fall on today. */
  function expectToday(answer: object, totals: Record<string, number>): void {
    expect(answer).to.deep.equal({ Days: [{ Date: today(), ...totals }], ...totals });
  }

  it('sums everything up', async () => {
    const tracked = { HtmlBody: LINKS, TrackOpens: true, TrackLinks: Models.LinkTrackingOptions.HtmlOnly };
    const id = await send({ ...tracked, Cc: 'bob@mail.example' });
    await send({ To: 'bounce+1@mail.example' });
    await send({ To: 'softbounce@mail.example' });
    await send({ To: 'complain@mail.example' });
    const transport = smtpClient(sandbox);
    const headers = { 'X-PM-Message-Stream': 'nowhere' };
    await transport.sendMail({ from: mail.From, to: mail.To, text: 'x', headers });
    transport.close();
    await sandbox.idle();
    for (let i = 0; i < 2; i += 1) {
      sandbox.open(id);
      sandbox.click(id, 'https://shop.example/a');
    }
    expect(await client.getOutboundOverview()).to.deep.equal({
      Sent: 5,
      Bounced: 2,
      SMTPApiErrors: 1,
      BounceRate: 40,
      SpamComplaints: 1,
      SpamComplaintsRate: 20,
      Opens: 2,
      UniqueOpens: 1,
      Tracked: 2,
      WithLinkTracking: 2,
      WithOpenTracking: 2,
      TotalTrackedLinksSent: 2,
      UniqueLinksClicked: 1,
      TotalClicks: 2,
      WithClientRecorded: 1,
      WithPlatformRecorded: 1,
      WithReadTimeRecorded: 1,
    });
    expectToday(await client.getSentCounts(), { Sent: 5 });
    expectToday(await client.getBounceCounts(), { HardBounce: 1, SoftBounce: 1, SMTPApiError: 1 });
    expectToday(await client.getSpamComplaintsCounts(), { SpamComplaint: 1 });
    expectToday(await client.getTrackedEmailCounts(), { Tracked: 2 });
    expectToday(await client.getEmailOpenCounts(), { Opens: 2, Unique: 1 });
    expectToday(await client.getClickCounts(), { Clicks: 2, Unique: 1 });
  });

  it('tells by platform, program, reading time and place', async () => {
    const id = await send({ Cc: 'bob@mail.example' });
    const phone = { client: { Name: 'Post 2', Company: '', Family: 'Post' }, platform: 'Mobile' as const };
    sandbox.open(id, { ...phone, readSeconds: 31 });
    sandbox.open('bob@mail.example');
    sandbox.click(id, 'https://shop.example/', { visitor: phone });
    sandbox.click('bob@mail.example', 'https://shop.example/', { location: 'Text' });
    expectToday(await client.getEmailOpenPlatformUsage(), { Mobile: 1, Desktop: 1 });
    expectToday(await client.getEmailOpenClientUsage(), { 'Post 2': 1, 'Sandbox Browser 1.0': 1 });
    expectToday(await client.getEmailOpenReadTimes(), { '20s+': 1, '4s': 1 });
    expectToday(await client.getClickBrowserUsage(), { Post: 1, 'Sandbox Browser': 1 });
    expectToday(await client.getClickPlatformUsage(), { Mobile: 1, Desktop: 1 });
    expectToday(await client.getClickLocation(), { HTML: 1, Text: 1 });
  });

  it('counts all streams unless one is named, and can be narrowed to a tag', async () => {
    await send({ Tag: 'a' });
    await send({ MessageStream: 'broadcast' });
    const sent = async (filter: object): Promise<number | undefined> =>
      (await client.getSentCounts({ ...filter })).Sent;
    expect(await sent({})).to.equal(2);
    expect(await sent({ messageStream: 'broadcast' })).to.equal(1);
    expect(await sent({ tag: 'a' })).to.equal(1);
    expect(await client.getSentCounts({ tag: 'none' })).to.deep.equal({ Days: [] });
  });

  it('tells days apart and reads dates as inclusive Eastern days', async () => {
    await send();
    const first = today();
    await sandbox.clock.advance(2 * 86_400_000);
    await send();
    const last = today();
    expect((await client.getSentCounts()).Days).to.deep.equal([
      { Date: first, Sent: 1 },
      { Date: last, Sent: 1 },
    ]);
    expect((await client.getSentCounts({ fromDate: last, toDate: last })).Sent).to.equal(1);
    expect((await client.getSentCounts({ fromDate: first, toDate: last })).Sent).to.equal(2);
    expect((await client.getSentCounts({ toDate: first })).Sent).to.equal(1);
  });

  it('refuses bad dates, ranges and streams', async () => {
    const codeOf = async (filter: object): Promise<number> =>
      (await refusalOf(client.getOutboundOverview(filter))).code;
    expect(await codeOf({ fromDate: 'yesterday' })).to.equal(900);
    expect(await codeOf({ toDate: '2026-13-01' })).to.equal(900);
    expect(await codeOf({ fromDate: '2015-01-01' })).to.equal(1500);
    const tomorrow = new Date(sandbox.clock.now().getTime() + 2 * 86_400_000).toISOString().slice(0, 10);
    expect(await codeOf({ fromDate: tomorrow, toDate: today() })).to.equal(1502);
    expect(await codeOf({ messageStream: 'nowhere' })).to.equal(1226);
  });
});
