import { expect } from 'chai';
import { refusalOf } from '../support/postmark-refusal.ts';
import { useSandbox } from '../support/sandbox.ts';

const mail = {
  From: 'shop@sender.example',
  To: 'ada@mail.example',
  Subject: 'Hello',
  HtmlBody: 'Hi',
  Tag: 'a',
};
const phone = {
  client: { Name: 'Post 2', Company: 'Maker', Family: 'Post' },
  os: { Name: 'Phone 9', Company: 'Maker', Family: 'Phone' },
  platform: 'Mobile' as const,
  readSeconds: 30,
};

describe("the sandbox's opens and clicks", () => {
  const { sandbox, client } = useSandbox({ deliveryMs: 1 });

  async function send(more: object = {}): Promise<string> {
    return (await client.sendEmail({ ...mail, ...more })).MessageID;
  }

  it('shows every field of an open, and only the first of a recipient', async () => {
    const MessageID = await send();
    sandbox.open(MessageID, phone);
    sandbox.open(MessageID);
    const { TotalCount, Opens } = await client.getMessageOpens();
    expect(TotalCount).to.equal(1);
    const [{ ReceivedAt, ...open } = { ReceivedAt: '' }] = Opens;
    expect(ReceivedAt).to.match(/\.\d{7}Z$/);
    expect(open).to.deep.equal({
      RecordType: 'Open',
      MessageStream: 'outbound',
      Client: phone.client,
      OS: phone.os,
      Platform: 'Mobile',
      UserAgent: 'SandboxBrowser/1.0',
      Geo: {
        CountryISOCode: 'NL',
        Country: 'Netherlands',
        RegionISOCode: 'UT',
        Region: 'Utrecht',
        City: 'Utrecht',
        Zip: '3511',
        Coords: '52.09,5.12',
        IP: '192.0.2.8',
      },
      MessageID,
      Tag: 'a',
      Recipient: 'ada@mail.example',
      ReadSeconds: 30,
    });
    expect((await client.getMessageOpensForSingleMessage(MessageID)).Opens).to.have.length(1);
  });

  it('shows the first click per link, with where it stood', async () => {
    const MessageID = await send();
    sandbox.click(MessageID, 'https://shop.example/a', { location: 'Text' });
    sandbox.click(MessageID, 'https://shop.example/a');
    sandbox.click(MessageID, 'https://shop.example/b');
    const { TotalCount, Clicks } = await client.getMessageClicks();
    expect(TotalCount).to.equal(2);
    expect(Clicks.map(({ OriginalLink, ClickLocation }) => [OriginalLink, ClickLocation])).to.deep.equal([
      ['https://shop.example/b', 'HTML'],
      ['https://shop.example/a', 'Text'],
    ]);
    expect(Clicks[0]).to.have.all.keys(
      'RecordType MessageStream Client OS Platform UserAgent Geo MessageID ReceivedAt Tag Recipient ClickLocation OriginalLink'.split(
        ' ',
      ),
    );
    expect((await client.getMessageClicksForSingleMessage(MessageID)).TotalCount).to.equal(2);
    const { MessageEvents } = await client.getOutboundMessageDetails(MessageID);
    expect(MessageEvents.filter(({ Type }) => Type === 'LinkClicked')).to.have.length(2);
  });

  it('filters by every parameter, and reads the stream outbound by default', async () => {
    sandbox.open(await send(), phone);
    sandbox.open(await send({ To: 'bob@mail.example', Tag: 'b' }), {
      geo: {
        CountryISOCode: 'FR',
        Country: 'France',
        RegionISOCode: 'IDF',
        Region: 'Paris Region',
        City: 'Paris',
        Zip: '',
        Coords: '',
        IP: '',
      },
    });
    sandbox.open(await send({ MessageStream: 'broadcast' }));
    const who = async (filter: object): Promise<string[]> =>
      (await client.getMessageOpens({ ...filter })).Opens.map(({ Recipient }) => Recipient);
    const [ada, bob] = ['ada@mail.example', 'bob@mail.example'];
    expect(await who({})).to.deep.equal([bob, ada]);
    expect(await who({ messageStream: 'broadcast' })).to.deep.equal([ada]);
    const filters: [object, string][] = [
      [{ recipient: 'ADA@mail.example' }, ada],
      [{ tag: 'b' }, bob],
      [{ client_name: 'post 2' }, ada],
      [{ client_company: 'Maker' }, ada],
      [{ client_family: 'Post' }, ada],
      [{ os_name: 'Phone 9' }, ada],
      [{ os_family: 'Phone' }, ada],
      [{ os_company: 'Maker' }, ada],
      [{ platform: 'Desktop' }, bob],
      [{ country: 'France' }, bob],
      [{ region: 'Paris Region' }, bob],
      [{ city: 'Paris' }, bob],
    ];
    for (const [filter, recipient] of filters) expect(await who(filter)).to.deep.equal([recipient]);
    expect(await who({ count: 1, offset: 1 })).to.deep.equal([ada]);
  });

  it('refuses pages out of bounds, unknown streams and unknown messages', async () => {
    expect(await refusalOf(client.getMessageOpens({ count: 501 }))).to.include({ code: 700 });
    expect(await refusalOf(client.getMessageClicks({ count: 500, offset: 9501 }))).to.include({ code: 700 });
    expect(await refusalOf(client.getMessageClicks({ messageStream: 'nowhere' }))).to.include({ code: 1226 });
    expect(await refusalOf(client.getMessageOpensForSingleMessage('nothing'))).to.include({ code: 701 });
  });
});
