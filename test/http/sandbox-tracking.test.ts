import { expect } from 'chai';
import { Models } from 'postmark';
import { useSandbox } from '../support/sandbox.ts';

const mail = {
  From: 'shop@sender.example',
  To: 'ada@mail.example, bob@mail.example',
  Subject: 'Hello',
  HtmlBody:
    '<body><a class="x" href="https://shop.example/a?b=1&amp;c=2">A</a> <a data-pm-no-track href="https://shop.example/no">no</a></body>',
  TextBody: 'A: https://shop.example/t?b=1&c=2 and https://shop.example/no',
  TrackOpens: true,
  TrackLinks: Models.LinkTrackingOptions.HtmlAndText,
};

describe("the sandbox's tracking", () => {
  const { sandbox, client } = useSandbox({ deliveryMs: 1 });
  const follow = (url: string) => fetch(url, { redirect: 'manual' });
  const send = async (more: object = {}): Promise<string> =>
    (await client.sendEmail({ ...mail, ...more })).MessageID;
  const bodies = async (target: string) => {
    const { html = '', text = '' } = (await sandbox.content(target)) ?? {};
    return { html, text, links: `${html} ${text}`.match(/http:\/\/[^"\s]+\/sandbox\/click\/[^"\s]+/g) ?? [] };
  };

  it('leads links through itself, counts the click of the one who followed, and leads on', async () => {
    const MessageID = await send();
    const { html, text, links } = await bodies('bob@mail.example');
    expect(links).to.have.length(2);
    expect(html)
      .to.contain('href="https://shop.example/no"')
      .and.to.match(/<a class="x" href="http:/);
    expect(text).to.match(/^A: http:.* and https:\/\/shop\.example\/no$/);
    const answers = await Promise.all(links.map(follow));
    expect(answers.map(({ status, headers }) => [status, headers.get('location')])).to.deep.equal([
      [303, 'https://shop.example/a?b=1&c=2'],
      [303, 'https://shop.example/t?b=1&c=2'],
    ]);
    const { Clicks } = await client.getMessageClicksForSingleMessage(MessageID);
    expect(
      Clicks.map(click => [click.Recipient, click.ClickLocation, click.OriginalLink]).sort(),
    ).to.deep.equal([
      ['bob@mail.example', 'HTML', 'https://shop.example/a?b=1&c=2'],
      ['bob@mail.example', 'Text', 'https://shop.example/t?b=1&c=2'],
    ]);
  });

  it('counts an open when the picture at the end of the body is loaded', async () => {
    const MessageID = await send();
    const { html } = await bodies('ada@mail.example');
    const [, picture = ''] = /<img src="([^"]+)"[^>]*><\/body>$/.exec(html) ?? [];
    const answer = await fetch(picture);
    expect(answer.headers.get('content-type')).to.equal('image/gif');
    expect((await answer.arrayBuffer()).byteLength).to.be.above(20);
    const { Opens } = await client.getMessageOpensForSingleMessage(MessageID);
    expect(Opens.map(({ Recipient }) => Recipient)).to.deep.equal(['ada@mail.example']);
  });

  it('leaves alone what is not tracked: by the mail, by an account not approved, and its own way to unsubscribe', async () => {
    await send({ TrackOpens: false, TrackLinks: Models.LinkTrackingOptions.None });
    expect((await bodies('ada@mail.example')).html).to.equal(mail.HtmlBody);
    await send({ TrackOpens: false, TrackLinks: Models.LinkTrackingOptions.TextOnly });
    const textOnly = await bodies('ada@mail.example');
    expect([textOnly.html, textOnly.links.length]).to.deep.equal([mail.HtmlBody, 1]);

    await send({ MessageStream: 'broadcast', To: 'ada@mail.example', TrackOpens: false });
    const managed = await bodies('ada@mail.example');
    expect(managed.links).to.have.length(2);
    expect(managed.html).to.match(/href="http:[^"]+\/sandbox\/unsubscribe\//);

    await send({ To: 'ada@sender.example' });
    sandbox.adjust({ accountState: 'pending' });
    expect((await bodies('ada@sender.example')).links).to.deep.equal([]);
    sandbox.adjust({ accountState: 'approved' });
  });

  it('shows on its pages and in the details what was handed over, and no look at them counts as an open', async () => {
    const MessageID = await send();
    const { HtmlBody } = await client.getOutboundMessageDetails(MessageID);
    expect(HtmlBody).to.equal(mail.HtmlBody);
    const page = await (await fetch(`${sandbox.apiUrl}/sandbox/messages/${MessageID}`)).text();
    expect(page).to.contain('https://shop.example/a?b=1').and.not.to.contain('/sandbox/click/');
    const frame = await (await fetch(`${sandbox.apiUrl}/sandbox/messages/${MessageID}/html`)).text();
    expect(frame).to.contain('/sandbox/click/').and.not.to.contain('/sandbox/open/');
  });

  it('knows no other address', async () => {
    const MessageID = await send();
    for (const path of [
      `click/${MessageID}/0/9`,
      `click/${MessageID}/7/0`,
      `click/${MessageID}/0`,
      'open/x/0',
    ]) {
      expect((await follow(`${sandbox.apiUrl}/sandbox/${path}`)).status, path).to.be.oneOf([401, 404]);
    }
    expect((await client.getMessageClicksForSingleMessage(MessageID)).TotalCount).to.equal(0);
  });
});
