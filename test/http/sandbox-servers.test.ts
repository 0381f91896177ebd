import { expect } from 'chai';
import { Models } from 'postmark';
import { accountClient, restClient } from '../sandbox/clients.ts';
import { createSandbox } from '../sandbox/index.ts';
import { refusalOf } from '../support/postmark-refusal.ts';
import { useSandbox } from '../support/sandbox.ts';

const mail = { From: 'shop@sender.example', To: 'ada@mail.example', Subject: 'Hello', TextBody: 'Hi' };

describe("the sandbox's servers", () => {
  const { sandbox, client, account } = useSandbox({ deliveryMs: 1 });

  it('shows every field of the server', async () => {
    const { InboundHash, ...server } = await client.getServer();
    expect(server).to.deep.equal({
      ID: 77,
      Name: 'Postlane local sandbox',
      ApiTokens: [sandbox.token],
      Color: 'Turquoise',
      SmtpApiActivated: true,
      RawEmailEnabled: false,
      DeliveryType: 'Live',
      ServerLink: sandbox.apiUrl,
      InboundAddress: `${InboundHash}@inbound.postmarkapp.com`,
      InboundHookUrl: '',
      BounceHookUrl: '',
      OpenHookUrl: '',
      DeliveryHookUrl: '',
      ClickHookUrl: '',
      PostFirstOpenOnly: false,
      InboundDomain: '',
      InboundSpamThreshold: 0,
      TrackOpens: false,
      TrackLinks: 'None',
      IncludeBounceContentInHook: false,
      EnableSmtpApiErrorHooks: false,
    });
    expect((await account.getServer(77)).Name).to.equal(server.Name);
  });

  it('edits what may be edited, with effect', async () => {
    const { HtmlAndText } = Models.LinkTrackingOptions;
    const edited = await client.editServer({
      Name: 'Shop',
      Color: 'red',
      TrackOpens: true,
      TrackLinks: HtmlAndText,
    });
    expect(edited).to.include({ Name: 'Shop', Color: 'red', TrackOpens: true, TrackLinks: HtmlAndText });
    const { MessageID } = await client.sendEmail({ ...mail, TrackOpens: false });
    expect(await client.getOutboundMessageDetails(MessageID)).to.include({
      TrackOpens: true,
      TrackLinks: HtmlAndText,
    });
    expect((await account.editServer(77, { Name: 'Store' })).Name).to.equal('Store');
  });

  const refused: [change: object, code: number][] = [
    [{}, 609],
    [{ Name: '' }, 608],
    [{ Name: 'Other' }, 603],
    [{ Color: 'Black' }, 607],
    [{ TrackLinks: 'All' }, 612],
    [{ InboundSpamThreshold: 31 }, 611],
    [{ InboundHookUrl: 'here' }, 606],
    [{ InboundDomain: 'no domain' }, 608],
    [{ InboundDomain: 'taken.example' }, 602],
    [{ TrackOpens: 'yes' }, 403],
  ];
  for (const [change, code] of refused) {
    it(`refuses ${JSON.stringify(change)} with code ${code}, changing nothing`, async () => {
      await account.createServer({ Name: 'Other', InboundDomain: 'taken.example' });
      const before = await client.getServer();
      expect(await refusalOf(client.editServer(change))).to.include({ code, status: 422 });
      expect(await client.getServer()).to.deep.equal(before);
    });
  }

  it('opens further servers, which share nothing but the account', async () => {
    const made = await account.createServer({ Name: 'Staging', Color: 'Blue' });
    expect(made).to.include({ Name: 'Staging', Color: 'Blue', DeliveryType: 'Live' });
    const { TotalCount, Servers } = await account.getServers({ name: 'STAG' });
    expect(TotalCount).to.equal(1);
    expect(Servers[0]?.ID).to.equal(made.ID);
    expect((await account.getServers()).TotalCount).to.equal(2);
    const there = restClient(sandbox, made.ApiTokens[0]);
    expect((await there.getServer()).ID).to.equal(made.ID);
    await there.sendEmail({ ...mail, To: 'bounce+1@mail.example' });
    await sandbox.idle();
    expect((await there.getBounces()).Bounces[0]).to.include({ ServerID: made.ID });
    expect((await client.getBounces()).TotalCount).to.equal(0);
    expect((await client.getOutboundMessages()).TotalCount).to.equal(0);
  });

  it('knows servers of type Sandbox, which stay that', async () => {
    const made = await account.createServer({
      Name: 'Dry',
      DeliveryType: Models.ServerDeliveryTypes.Sandbox,
    });
    const there = restClient(sandbox, made.ApiTokens[0]);
    await there.sendEmail({ ...mail, To: 'bounce+1@mail.example' });
    await sandbox.idle();
    const [message] = (await there.getOutboundMessages()).Messages;
    expect(message).to.include({ Sandboxed: true });
    const { MessageEvents } = await there.getOutboundMessageDetails(message?.MessageID ?? '');
    expect(MessageEvents.map(({ Type }) => Type)).to.deep.equal(['Delivered']);
    const live = { Name: 'Dry', DeliveryType: 'Live' };
    expect(await refusalOf(account.editServer(made.ID, live))).to.include({ code: 613 });
  });

  it('deletes servers only with the permission, and never its own', async () => {
    expect(await refusalOf(account.deleteServer(77))).to.include({ code: 604 });
    const other = await createSandbox({ approvals: { deleteServers: true } });
    const otherAccount = accountClient(other);
    const { ID, ApiTokens } = await otherAccount.createServer({ Name: 'Gone' });
    expect(await otherAccount.deleteServer(ID)).to.deep.equal({
      ErrorCode: 0,
      Message: 'Server Gone removed.',
    });
    expect(await refusalOf(restClient(other, ApiTokens[0]).getServer())).to.include({ code: 10 });
    expect(await refusalOf(otherAccount.deleteServer(77))).to.include({ code: 605 });
    await other.close();
  });

  it('refuses new servers without a name, with a taken one, and unknown ids', async () => {
    const create = (server: object) => refusalOf(account.createServer(server as Models.CreateServerRequest));
    expect(await create({})).to.include({ code: 609 });
    expect(await create({ Color: 'Red' })).to.include({ code: 608 });
    expect(await create({ Name: 'postlane LOCAL sandbox' })).to.include({ code: 603 });
    expect(await create({ Name: 'x', DeliveryType: 'Odd' })).to.include({ code: 613 });
    expect((await account.getServers()).TotalCount).to.equal(1);
    expect(await refusalOf(account.getServer(1))).to.include({ code: 601 });
    expect(await refusalOf(account.getServers({ count: 501 }))).to.include({ code: 600 });
  });
});
