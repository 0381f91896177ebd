import http from 'node:http';
import { expect } from 'chai';
import { restClient } from '../sandbox/clients.ts';
import { createSandbox } from '../sandbox/index.ts';
import { useSandbox } from '../support/sandbox.ts';

const mail = { From: 'shop@sender.example', To: 'ada@mail.example', Subject: 'Hello', TextBody: 'Hi' };
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe("the sandbox's pages", () => {
  const { sandbox } = useSandbox({ deliveryMs: 0, keepBodies: 150 });

  const get = async (path: string): Promise<string> => (await fetch(sandbox.apiUrl + path)).text();

  async function send(more: object = {}): Promise<string> {
    const { MessageID } = await restClient(sandbox).sendEmail({ ...mail, ...more });
    await sandbox.idle();
    return `/sandbox/messages/${MessageID}`;
  }

  /** Presses a button as a browser does: a form from our own page. */
  function press(path: string, fields: Record<string, string> = {}, headers = {}): Promise<Response> {
    const body = new URLSearchParams({ recipient: '0', ...fields });
    return fetch(sandbox.apiUrl + path, {
      method: 'POST',
      body,
      headers: { origin: sandbox.apiUrl, ...headers },
      redirect: 'manual',
    });
  }

  const events = (): string[] => sandbox.messages.last()?.events.map(({ type }) => type) ?? [];

  it('list mail fifty at a time, newest first, escaped', async () => {
    for (let i = 0; i < 101; i += 1) await send({ Subject: `<b>${i}</b>` });
    const first = await get('/');
    expect(first)
      .to.contain('&lt;b&gt;100&lt;/b&gt;')
      .and.not.contain('<b>100')
      .and.not.contain('&gt;50&lt;');
    expect(first).to.contain('href="/?page=1">Older').and.not.contain('Newer');
    const last = await get('/?page=2');
    expect(last)
      .to.contain('&lt;b&gt;0&lt;/b&gt;')
      .and.contain('href="/?page=1">Newer')
      .and.not.contain('Older');
    expect(last).to.contain('Delivered').and.contain('ada@mail.example');
  });

  it('say so when there is nothing', async () => {
    expect(await get('/')).to.contain('No mail yet');
    await send();
    expect(await get('/?q=zebra'))
      .to.contain('Nothing fits “zebra”')
      .and.not.contain('Hello');
  });

  it('find mail by its words, in the body too', async () => {
    await send({ Subject: 'One', To: 'bob@mail.example', Metadata: { order: 'AF-17' } });
    await send({ Subject: 'Two', TextBody: 'A walnut chair', Tag: 'receipt' });
    const found = async (q: string): Promise<string[]> => {
      const page = await get(`/?${new URLSearchParams({ q })}`);
      return ['One', 'Two'].filter(subject => page.includes(`>${subject}<`));
    };
    expect(await found('bob')).to.deep.equal(['One']);
    expect(await found('af-17')).to.deep.equal(['One']);
    expect(await found('WALNUT receipt')).to.deep.equal(['Two']);
    expect(await found('walnut bob')).to.deep.equal([]);
    expect(await get('/?q=%3Cscript%3E')).not.to.contain('<script>');
  });

  it('show a message in a frame of its own that runs nothing', async () => {
    const HtmlBody = '<script>alert("1")</script><p>Hi</p><img src="cid:logo">';
    const Attachments = [
      {
        Name: 'logo.png',
        Content: PIXEL,
        ContentType: 'image/png',
        ContentID: 'cid:logo',
        ContentLength: null,
      },
    ];
    const path = await send({ HtmlBody, Attachments, Tag: 'receipt', Metadata: { order: '17' } });
    const response = await fetch(sandbox.apiUrl + path);
    const page = await response.text();
    expect(page).to.contain(`src="${path}/html?recipient=0"`).and.not.contain('alert');
    expect(page).to.match(/<iframe [^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"/);
    expect(page).to.contain('receipt').and.contain('order: 17').and.contain('logo.png');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy)
      .to.match(/^default-src 'none'/)
      .and.not.contain('unsafe');
    expect(page).not.to.match(/<script(?! type="module" src="\/sandbox\/live\.js")|style=|onclick/);
    const frame = await fetch(`${sandbox.apiUrl}${path}/html`);
    expect(frame.headers.get('content-security-policy')).to.match(
      /default-src 'none'.*; sandbox allow-popups/,
    );
    expect(await frame.text()).to.contain(`<img src="data:image/png;base64,${PIXEL}">`);
    const file = await fetch(`${sandbox.apiUrl}${path}/files/0`);
    expect(file.headers.get('content-disposition')).to.equal("attachment; filename*=UTF-8''logo.png");
    expect(Buffer.from(await file.arrayBuffer()).toString('base64')).to.equal(PIXEL);
    expect((await fetch(`${sandbox.apiUrl}${path}/files/1`)).status).to.equal(404);
  });

  it('show the text, the headers, the source and the events', async () => {
    const path = await send({ HtmlBody: '<p>HTML</p>', Headers: [{ Name: 'X-Own', Value: '<1>' }] });
    expect(await get(`${path}?view=text`)).to.contain('<pre>Hi</pre>');
    expect(await get(`${path}?view=headers`))
      .to.contain('>X-Own<')
      .and.contain('&lt;1&gt;');
    expect(await get(`${path}?view=raw`)).to.contain('Subject: Hello');
    expect(await get(`${path}?view=events`)).to.contain('250 2.0.0 OK accepted for mail.example');
  });

  it('say when a body is no longer kept', async () => {
    const path = await send({ Subject: 'Old' });
    for (let i = 0; i < 150; i += 1) await restClient(sandbox).sendEmail(mail);
    expect(await get(`${path}?view=text`)).to.contain('no longer kept');
    expect((await fetch(`${sandbox.apiUrl}${path}/html`)).status).to.equal(404);
  });

  it('open, click, complain and bounce at the press of a button', async () => {
    const path = await send({ HtmlBody: '<a href="https://shop.example/?a=1&amp;b=2">x</a>' });
    expect(await get(path)).to.contain('<option>https://shop.example/?a=1&amp;b=2</option>');
    await press(`${path}/open`);
    await press(`${path}/click`, { link: 'https://shop.example/?a=1&b=2' });
    await press(`${path}/bounce`, { type: 'SoftBounce' });
    const answer = await press(`${path}/complain?view=events`);
    expect([answer.status, answer.headers.get('location')]).to.deep.equal([
      303,
      `${path}?view=events&recipient=0`,
    ]);
    expect(events()).to.deep.equal([
      'Delivered',
      'Opened',
      'LinkClicked',
      'Bounced',
      'Bounced',
      'SubscriptionChanged',
    ]);
    expect(await get(path)).to.contain('suppressed on outbound');
  });

  it('act for the recipient that is chosen', async () => {
    const path = await send({ To: 'ada@mail.example, bob@mail.example' });
    expect(await get(`${path}?recipient=1`)).to.contain('<option value="1" selected>bob@mail.example');
    await press(`${path}/unsubscribe`, { recipient: '1' });
    const { Suppressions } = await restClient(sandbox).getSuppressions('outbound');
    expect(Suppressions.map(({ EmailAddress }) => EmailAddress)).to.deep.equal(['bob@mail.example']);
    expect((await press(`${path}/open`, { recipient: '7' })).status).to.equal(404);
    expect((await press(`${path}/dance`)).status).to.equal(404);
  });

  it('reply, and show what came in', async () => {
    const path = await send();
    await press(`${path}/reply`, { text: 'Thanks <b>' });
    const page = await get('/sandbox/inbound');
    expect(page).to.contain('Re: Hello').and.contain('Thanks &lt;b&gt;').and.contain('Processed');
    await press('/sandbox/inbound', {
      from: 'Eve <eve@mail.example>',
      to: 'x@shop.example',
      subject: 'Typed',
    });
    expect(await get('/sandbox/inbound'))
      .to.contain('Typed')
      .and.contain('eve@mail.example');
  });

  it('take no orders from the page of somebody else', async () => {
    const path = await send();
    for (const origin of ['https://evil.example', 'null']) {
      expect((await press(`${path}/bounce`, {}, { origin })).status).to.equal(404);
      expect((await press('/sandbox/inbound', { from: 'a@b.example' }, { origin })).status).not.to.equal(303);
    }
    expect(events()).to.deep.equal(['Delivered']);
  });

  it('let a recipient leave, by the page or by one click, and come back', async () => {
    const path = await send({ MessageStream: 'broadcast' });
    const content = await sandbox.content(path.slice(-36));
    const link = content?.headers.find(({ Name }) => Name === 'List-Unsubscribe')?.Value.slice(1, -1) ?? '';
    const suppressed = async () => (await restClient(sandbox).getSuppressions('broadcast')).Suppressions;
    expect(await (await fetch(link)).text()).to.contain('ada@mail.example');
    expect(await suppressed()).to.deep.equal([]);
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://mail.example' };
    const leave = await fetch(link, { method: 'POST', headers, body: 'List-Unsubscribe=One-Click' });
    expect(leave.status).to.equal(200);
    expect((await suppressed())[0]).to.include({
      EmailAddress: 'ada@mail.example',
      SuppressionReason: 'ManualSuppression',
      Origin: 'Recipient',
    });
    const again = await fetch(link, { method: 'POST', headers, body: 'again=yes' });
    expect(await again.text()).to.contain('Unsubscribe?');
    expect(await suppressed()).to.deep.equal([]);
  });

  it('do not let a recipient undo what is not the own wish', async () => {
    const path = await send({ MessageStream: 'broadcast' });
    sandbox.complain(path.slice(-36));
    const body = new URLSearchParams({ again: 'yes' });
    await fetch(`${sandbox.apiUrl}/sandbox/unsubscribe/${path.slice(-36)}/0`, { method: 'POST', body });
    expect((await restClient(sandbox).getSuppressions('broadcast')).Suppressions).to.have.length(1);
  });

  describe('show nothing to a request under a foreign host name', () => {
    const statusOf = (apiUrl: string, path: string, host: string) =>
      new Promise(resolve => {
        const { port } = new URL(apiUrl);
        http.get({ host: '127.0.0.1', port, path, headers: { host } }, response => {
          response.resume();
          resolve(response.statusCode);
        });
      });
    const paths = ['/', '/sandbox/summary', '/sandbox/inbound'];
    const foreign = ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '192.0.2.9'];

    it('wherever it listens', async () => {
      for (const host of ['127.0.0.1', 'localhost', '0.0.0.0']) {
        const opened = await createSandbox({ host });
        try {
          for (const path of paths) {
            for (const name of foreign)
              expect(await statusOf(opened.apiUrl, path, name), `${host} ${path} ${name}`).to.be.within(
                400,
                404,
              );
            for (const name of ['127.0.0.1:80', 'localhost', 'LOCALHOST:1', '[::1]'])
              expect(await statusOf(opened.apiUrl, path, name), `${host} ${path} ${name}`).to.equal(200);
          }
        } finally {
          await opened.close();
        }
      }
    });

    it('but those that were allowed by name', async () => {
      const opened = await createSandbox({ host: '0.0.0.0', allowedHosts: ['Sandbox.test'] });
      try {
        expect(await statusOf(opened.apiUrl, '/', 'sandbox.test:8925')).to.equal(200);
        expect(await statusOf(opened.apiUrl, '/', 'other.test:8925')).to.equal(404);
      } finally {
        await opened.close();
      }
    });
  });
});
