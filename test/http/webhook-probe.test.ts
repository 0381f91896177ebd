import { expect } from 'chai';
import type { Express, RequestHandler } from 'express';
import { adminRouter, publicRouter } from '../../server/app.ts';
import type { Mail } from '../../server/mail/index.ts';
import { probeWebhookDoor } from '../../server/probe/probe-webhook-door.ts';
import { testDatabase } from '../support/database.ts';
import { hostExpresses, middleware } from '../support/host-middleware.ts';
import { type HttpServer, listen } from '../support/http-server.ts';
import { openMail } from '../support/mail.ts';
import { textOf } from './streams-app.ts';

const secretKeys = ['a key of the tests, 32 characters or more'];
const credential = { user: 'postmark', password: 'the-password' };

describe('the probe of the webhooks', () => {
  let mail: Mail;
  let app: Express | RequestHandler;
  let server: HttpServer;
  before(async () => {
    mail = await openMail();
    server = await listen((asked, answered) => (app as Express)(asked, answered));
  });
  after(async () => {
    await server.close();
    await mail.close();
  });

  const router = () => publicRouter(mail, { secretKeys, webhookCredentials: [credential] });
  const probe = (options: object = { secretKeys }) =>
    probeWebhookDoor({ url: `${server.url}/mail/webhooks/postmark`, ...options });
  const answering = (status: number, headers: Record<string, string> = {}, text = ''): RequestHandler =>
    ((_request: unknown, response: import('node:http').ServerResponse) => {
      response.writeHead(status, headers).end(text);
    }) as never;

  for (const [version, express] of Object.entries(hostExpresses)) {
    it(`arrives in a host on ${version}, with nothing stored, by key or by password`, async () => {
      app = express().set('env', 'test').use('/mail', router()).use(express.json());
      expect(await probe()).to.deep.equal({ kind: 'ok', message: 'Events of up to 300 kB arrive.' });
      expect(await probe({ credential })).to.include({ kind: 'ok' });
      expect(await testDatabase()('postlane_events').select()).to.deep.equal([]);
    });

    it(`meets a parser of a host on ${version} that measures first, and says where to mount us`, async () => {
      for (const env of ['test', 'production']) {
        app = express().set('env', env).use(express.json()).use('/mail', router());
        const { kind, answeredBy, message } = await probe();
        expect([kind, answeredBy]).to.deep.equal(['too-large', 'a body parser of the host']);
        expect(message).to.include('mount publicRouter above express.json()');
      }
    });

    it(`meets what takes the body or the request on ${version}`, async () => {
      app = express()
        .set('env', 'test')
        .use((request, _response, next) => void request.on('data', () => {}).on('end', () => next()))
        .use('/mail', router());
      const lost = await probe();
      expect(lost.kind).to.equal('body-lost');
      expect(lost.message).to.include('The host application read this request before Postlane');
      app = express()
        .set('env', 'test')
        .use(middleware('cookie-parser')(), middleware('csurf')({ cookie: true }))
        .use('/mail', router());
      const refused = await probe();
      expect(refused.kind).to.equal('not-us');
      expect(refused.message).to.include('answers 403: mount publicRouter before').and.include('CSRF');
    });
  }

  it('is refused to strangers: other keys, old marks, other passwords', async () => {
    app = hostExpresses['Express 5']().use('/mail', router());
    for (const options of [
      { secretKeys: ['another key, also long enough...'] },
      { secretKeys: [] },
      {},
      { credential: { ...credential, password: 'x' } },
    ]) {
      expect(await probe(options)).to.include({ kind: 'unauthorised' });
    }
  });

  it('tells others by what they answer, and follows nothing', async () => {
    const cases: [RequestHandler, string, RegExp][] = [
      [answering(413, { server: 'nginx/1.25' }), 'too-large', /by nginx.*client_max_body_size 16m/],
      [answering(413), 'too-large', /something before Postlane/],
      [
        answering(301, { location: 'https://other.example/x' }),
        'not-us',
        /redirects \(301\) to other\.example/,
      ],
      [answering(404), 'not-us', /404.*mount publicRouter there/],
      [answering(401, { 'www-authenticate': 'Basic realm="intranet"' }), 'not-us', /answers 401/],
      [answering(200, {}, '{"probe":"made up"}'), 'not-us', /Something other than Postlane/],
      [answering(200, {}, 'x'.repeat(1_000_000)), 'not-us', /Something other than Postlane/],
      [answering(502), 'not-us', /502: a proxy may not reach/],
    ];
    for (const [handler, kind, words] of cases) {
      app = handler;
      const result = await probe();
      expect(result.kind, String(words)).to.equal(kind);
      expect(result.message).to.match(words);
    }
  });

  it('tells a closed connection at a large body from one that nobody answers', async () => {
    const inner = hostExpresses['Express 5']().use('/mail', router());
    app = ((request: import('node:http').IncomingMessage, response: never) => {
      if (Number(request.headers['content-length']) > 100_000) request.socket.destroy();
      else inner(request as never, response);
    }) as never;
    expect(await probe()).to.include({ kind: 'too-large', answeredBy: 'something before Postlane' });
    expect(await probe({ url: 'http://127.0.0.1:9/x' })).to.include({ kind: 'unreachable' });
    const gone = await listen(() => {});
    await gone.close();
    const { message } = await probe({ url: `${gone.url}/x` });
    expect(message).to.include('nothing listens there');
    app = (() => {}) as never;
    const slow = await probe({ timeoutMs: 200 });
    expect([slow.kind, slow.message.includes('nothing answered in time')]).to.deep.equal([
      'unreachable',
      true,
    ]);
  });

  it('is shown on the page of the webhooks, wherever the two routers are mounted', async () => {
    const express = hostExpresses['Express 5'];
    const pages = adminRouter(mail, {
      secretKeys,
      publicUrl: server.url,
      publicPath: '/hooks',
      authenticate: () => true,
    });
    const page = async () => textOf(await (await fetch(`${server.url}/admin/mail/streams/webhooks`)).text());
    app = express().set('env', 'test').use('/hooks', router()).use('/admin/mail', pages);
    expect(await page()).to.include('Events of up to 300 kB arrive.');
    app = express().set('env', 'test').use(express.json()).use('/hooks', router()).use('/admin/mail', pages);
    expect(await page())
      .to.include('refused by a body parser of the host')
      .and.include('mount publicRouter above');
  });
});
