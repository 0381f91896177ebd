import http from 'node:http';
import { expect } from 'chai';
import { restClient } from '../sandbox/clients.ts';
import { createSandbox, type Sandbox } from '../sandbox/index.ts';

const mail = { From: 'shop@sender.example', To: 'ada@mail.example', Subject: 'Hello', TextBody: 'Hi' };

describe("the sandbox's pages", () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await createSandbox({ deliveryMs: 1 });
  });
  afterEach(() => sandbox.close());

  const get = async (path: string): Promise<string> => (await fetch(sandbox.apiUrl + path)).text();

  it('list the newest hundred messages, escaped', async () => {
    const client = restClient(sandbox);
    for (let i = 0; i < 101; i += 1) await client.sendEmail({ ...mail, Subject: `<b>${i}</b>` });
    await sandbox.idle();
    const html = await get('/');
    expect(html).to.contain('&lt;b&gt;100&lt;/b&gt;').and.not.contain('<b>100');
    expect(html).to.contain('&lt;b&gt;1&lt;/b&gt;').and.not.contain('&lt;b&gt;0&lt;/b&gt;');
    expect(html).to.contain('<td>Delivered</td>').and.contain('<td>ada@mail.example</td>');
  });

  it('show a message with its HTML in a frame that runs nothing', async () => {
    const HtmlBody = '<script>alert("1")</script><p>Hi</p>';
    const { MessageID } = await restClient(sandbox).sendEmail({ ...mail, HtmlBody });
    const response = await fetch(`${sandbox.apiUrl}/sandbox/messages/${MessageID}`);
    const html = await response.text();
    expect(html).to.contain('<iframe sandbox=""').and.contain('srcdoc="&lt;script&gt;alert(&quot;1&quot;)');
    expect(html).not.to.contain('<script>');
    expect(response.headers.get('content-security-policy')).to.match(/^default-src 'none'/);
  });

  it('let a recipient leave, by the page or by one click', async () => {
    const { MessageID } = await restClient(sandbox).sendEmail({ ...mail, MessageStream: 'broadcast' });
    const content = await sandbox.content(MessageID);
    const link = content?.headers.find(({ Name }) => Name === 'List-Unsubscribe')?.Value.slice(1, -1) ?? '';
    expect(await (await fetch(link)).text()).to.contain('ada@mail.example');
    expect((await restClient(sandbox).getSuppressions('broadcast')).Suppressions).to.deep.equal([]);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await fetch(link, { method: 'POST', headers, body: 'List-Unsubscribe=One-Click' });
    expect(answer.status).to.equal(200);
    const [entry] = (await restClient(sandbox).getSuppressions('broadcast')).Suppressions;
    expect(entry).to.include({
      EmailAddress: 'ada@mail.example',
      SuppressionReason: 'ManualSuppression',
      Origin: 'Recipient',
    });
  });

  it('show nothing to a request under a foreign host name', async () => {
    const { port } = new URL(sandbox.apiUrl);
    for (const path of ['/', '/sandbox/summary']) {
      const status = await new Promise(resolve => {
        const headers = { host: 'evil.example' };
        http.get({ host: '127.0.0.1', port, path, headers }, response => {
          response.resume();
          resolve(response.statusCode);
        });
      });
      expect(status).to.equal(404);
    }
  });
});
