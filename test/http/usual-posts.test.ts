import { expect } from 'chai';
import { publicRouter } from '../../server/app.ts';
import type { Mail } from '../../server/mail/index.ts';
import { testDatabase } from '../support/database.ts';
import { hostExpresses } from '../support/host-middleware.ts';
import { type HttpServer, listen } from '../support/http-server.ts';
import { openMail } from '../support/mail.ts';
import { providerSamples } from '../support/provider-samples.ts';
import { sendRaw, wholeRequest } from '../support/raw-http.ts';

const password = 'the-password';
const login = (word = password) =>
  `Authorization: Basic ${Buffer.from(`postmark:${word}`).toString('base64')}`;

// Usual posts spare Express. One whose body comes in chunks does not; what is answered must be the same.
describe('usual posts of events', () => {
  const db = testDatabase();
  let mail: Mail;
  let server: HttpServer;
  before(async () => {
    mail = await openMail();
    const credentials = [{ user: 'postmark', password }];
    const app = hostExpresses['Express 5']().set('env', 'test');
    server = await listen(app.use('/mail', publicRouter(mail, { webhookCredentials: credentials })));
  });
  after(async () => {
    await server.close();
    await mail.close();
  });

  const head = (path: string, headers: readonly string[]) =>
    [`POST /mail${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...headers].join('\r\n');
  const usual = (path: string, headers: readonly string[], body: string) =>
    sendRaw(server.port, { parts: wholeRequest(`POST /mail${path}`, headers, body) });
  const chunked = (path: string, headers: readonly string[], body: string) =>
    sendRaw(server.port, {
      parts: [
        `${head(path, [...headers, 'Transfer-Encoding: chunked'])}\r\n\r\n`,
        `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`,
      ],
    });

  const event = (ID: number) => JSON.stringify({ ...providerSamples.Bounce, ID, Name: 'ü'.repeat(300) });
  const json = 'Content-Type: application/json';
  const posts: readonly [what: string, path: string, headers: string[], body: (n: number) => string][] = [
    ['an event', '/webhooks/postmark', [json, login()], event],
    [
      'one of another type',
      '/webhooks/postmark',
      ['Content-Type: text/plain; charset=UTF-8', login()],
      event,
    ],
    ['one without a type', '/webhooks/postmark', [login()], event],
    ['what is not JSON', '/webhooks/postmark', [json, login()], () => '{'],
    ['a wrong password', '/webhooks/postmark', [json, login('wrong')], event],
    ['no password', '/webhooks/postmark', [json], event],
    ['another provider', '/webhooks/elsewhere', [json, login()], event],
    ['another path', '/webhooks', [json, login()], event],
  ];
  for (const [what, path, headers, body] of posts) {
    it(`are answered like others: ${what}`, async () => {
      const [one, other] = [await usual(path, headers, body(1)), await chunked(path, headers, body(2))];
      expect(one.status).to.equal(other.status);
      expect(one.body).to.deep.equal(other.body);
      const { etag: _, date: __, 'ratelimit-remaining': ___, ...shown } = other.headers;
      expect(one.headers).to.include(shown);
      await db('postlane_events').delete();
    });
  }

  it('are stored to the letter', async () => {
    const body = event(3).replace('{', '{  ');
    await usual('/webhooks/postmark', [json, login()], body);
    const { raw } = await db('postlane_events').first('raw');
    expect(raw).to.equal(body);
  });

  it('count for nothing when their sender goes before the end', async () => {
    const before = await db('postlane_events').select('id');
    const cut = `${head('/webhooks/postmark', [json, login(), 'Content-Length: 500'])}\r\n\r\n{"RecordType":`;
    await sendRaw(server.port, { parts: [cut], abort: true }).catch(() => {});
    await usual('/webhooks/postmark', [json, login('wrong')], event(4));
    expect(await db('postlane_events').select('id')).to.deep.equal(before);
  });
});
