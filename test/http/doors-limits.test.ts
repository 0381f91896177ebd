import { createServer, type RequestListener } from 'node:http';
import { expect } from 'chai';
import express from 'express';
import { pino } from 'pino';
import { createApp, publicRouter } from '../../server/app.ts';
import { loadConfig } from '../../server/config/index.ts';
import { failuresPerMinute } from '../../server/failed-logins.ts';
import { healthEndpoint } from '../../server/health.ts';
import type { Mail } from '../../server/mail/index.ts';
import { testDatabase, testDatabaseUrl } from '../support/database.ts';
import { hostExpresses } from '../support/host-middleware.ts';
import { type HttpServer, listen } from '../support/http-server.ts';
import { openMail } from '../support/mail.ts';
import { providerSamples } from '../support/provider-samples.ts';
import { type RawAnswer, sendRaw, wholeRequest } from '../support/raw-http.ts';

const password = 'the-password';
const json = 'Content-Type: application/json';
const from = (address: string) => `X-Forwarded-For: ${address}`;
const loginWith = (word: string) =>
  `Authorization: Basic ${Buffer.from(`postmark:${word}`).toString('base64')}`;
const event = (id: number) => JSON.stringify({ ...providerSamples.Bounce, ID: id });

describe('floods', function () {
  this.timeout(120_000);
  let mail: Mail;
  let server: HttpServer;
  let pings = 0;
  const logged: { level: number; msg: string }[] = [];
  const start = async (app: RequestListener) => {
    server = await listen(app);
  };
  before(async () => {
    const logger = pino({ level: 'warn' }, { write: line => logged.push(JSON.parse(line)) });
    const opened = await openMail({ logger });
    mail = {
      ...opened,
      ping: () => {
        pings += 1;
        return opened.ping();
      },
    };
  });
  beforeEach(() => {
    logged.length = 0;
    pings = 0;
  });
  afterEach(() => server.close());
  after(() => mail.close());

  const config = () =>
    loadConfig({
      DATABASE_URL: testDatabaseUrl(),
      POSTMARK_SERVER_TOKEN: 'test-token',
      MAIL_FROM: 'Shop <mail@shop.example>',
      WEBHOOK_CREDENTIALS: `postmark:${password}`,
      POSTLANE_PAGES_ACCESS: 'accounts',
    });
  const ask = (line: string, headers: readonly string[], body = '') =>
    sendRaw(server.port, { parts: wholeRequest(line, headers, body) });
  const flood = async (times: number, one: () => Promise<RawAnswer>) => {
    const statuses: number[] = [];
    while (statuses.length < times) {
      const some = Array.from({ length: Math.min(20, times - statuses.length) }, one);
      statuses.push(...(await Promise.all(some)).map(({ status }) => status));
    }
    return statuses;
  };
  const expectRefused = (answer: RawAnswer) => {
    expect(answer.status).to.equal(429);
    expect(Number(answer.headers['retry-after'])).to.be.within(1, 60);
  };

  describe('at the webhooks', () => {
    const knock = (word: string, address: string, body = '{}') =>
      ask('POST /webhooks/postmark', [json, loginWith(word), from(address)], body);

    for (const [version, make] of Object.entries(hostExpresses))
      it(`limit failed logins of one address on ${version}, and nothing else`, async () => {
        const app = make().set('trust proxy', 'loopback').set('env', 'test');
        app.use(publicRouter(mail, { webhookCredentials: [{ user: 'postmark', password }] }));
        await start(app);
        const statuses = await flood(failuresPerMinute, () => knock('wrong-password', '192.0.2.1'));
        expect(new Set(statuses)).to.deep.equal(new Set([401]));
        const refused = await knock('wrong-password', '192.0.2.1');
        expectRefused(refused);
        expect(JSON.parse(refused.body).message).to.include('Too many failed logins');
        // A refused event would be lost for good.
        expect((await knock(password, '192.0.2.1', event(1_000_001))).status).to.equal(200);
        expectRefused(await knock('wrong-password', '192.0.2.1'));
        expect((await knock('wrong-password', '192.0.2.2')).status).to.equal(401);
        // Of those that are refused with 429 no trace is kept: they cost their counting.
        expect(logged.filter(({ msg }) => msg === 'security event')).to.have.length(failuresPerMinute + 1);
      });

    it('limit the failed logins of all addresses together, and still nothing else', async () => {
      await start(createApp(mail, testDatabase(), config()));
      const somewhere = (i: number) => `198.18.${i >> 8}.${i & 255}`;
      const knocks = Array.from({ length: 303 }, (_, i) => knock('wrong-password', somewhere(i)));
      const statuses = (await Promise.all(knocks)).map(({ status }) => status);
      expect(statuses.filter(status => status === 401)).to.have.length(300);
      expect(statuses.filter(status => status === 429)).to.have.length(3);
      expect((await knock(password, somewhere(0), event(1_000_002))).status).to.equal(200);
    });

    it('take right credentials however often they come', async () => {
      await start(createApp(mail, testDatabase(), config()));
      let id = 2_000_000;
      const statuses = await flood(400, () => knock(password, '192.0.2.3', event(++id)));
      expect(new Set(statuses)).to.deep.equal(new Set([200]));
    });

    it('read nothing of what strangers send, and end a connection that goes on sending', async () => {
      await start(createApp(mail, testDatabase(), config()));
      const chunk = Buffer.alloc(64 * 1024, '[');
      const head = `POST /webhooks/postmark HTTP/1.1\r\nHost: x\r\n${json}\r\nContent-Length: ${2 ** 30}\r\n\r\n`;
      const begun = process.cpuUsage();
      const answer = await sendRaw(server.port, { parts: [head, ...Array(64).fill(chunk)] });
      const { user } = process.cpuUsage(begun);
      expect(answer.status).to.equal(401);
      expect(user / 1000, 'processor time in ms').to.be.below(1_000);
    });
  });

  it('of strangers are limited on the pages, with words, and their assets as well', async () => {
    await start(createApp(mail, testDatabase(), config()));
    const read = (path: string, address: string) => ask(`GET ${path}`, [from(address), 'Accept: text/html']);
    const statuses = await flood(300, () => read('/messages', '192.0.2.10'));
    expect(new Set(statuses)).to.deep.equal(new Set([303]));
    const refused = await read('/messages', '192.0.2.10');
    expectRefused(refused);
    expect(refused.body).to.include('Too many requests').and.include('Wait a minute');
    expect((await read('/messages', '192.0.2.11')).status).to.equal(303);
    const ofAssets = await flood(1501, () => read('/assets/none.css', '192.0.2.10'));
    expect(ofAssets.filter(status => status === 404)).to.have.length(1500);
    expect(ofAssets.filter(status => status === 429)).to.have.length(1);
  });

  it('of a network of IPv6 count as one', async () => {
    await start(createApp(mail, testDatabase(), config()));
    let host = 0;
    const read = (network: string) =>
      ask('GET /messages', [from(`2001:db8:0:${network}::${(++host).toString(16)}`)]);
    await flood(300, () => read('1'));
    expect((await read('1')).status).to.equal(429);
    expect((await read('2')).status).to.equal(303);
  });

  it('count a caller’s own word on the address for nothing where no proxy is trusted', async () => {
    await start(createApp(mail, testDatabase(), { ...config(), trustedProxies: ['192.0.2.77'] }));
    let host = 0;
    const statuses = await flood(301, () => ask('GET /messages', [from(`192.0.2.${++host % 250}`)]));
    expect(statuses.filter(status => status === 429)).to.have.length(1);
  });

  describe('at /health', () => {
    it('ask the database once in a second, limit strangers, and never the checks of the own network', async () => {
      await start(createApp(mail, testDatabase(), config()));
      const own = await flood(300, () => ask('GET /health', []));
      expect(new Set(own)).to.deep.equal(new Set([200]));
      expect(pings).to.be.below(30);
      const strange = await flood(120, () => ask('GET /health', [from('192.0.2.20')]));
      expect(new Set(strange)).to.deep.equal(new Set([200]));
      expectRefused(await ask('GET /health', [from('192.0.2.20')]));
      expect((await ask('GET /health', [])).status).to.equal(200);
    });

    it('are answered while the database keeps silent, and wait for one answer of it together', async () => {
      let asked = 0;
      const silent = () => {
        asked += 1;
        return new Promise<never>(() => {});
      };
      await start(express().use(healthEndpoint({ ...mail, ping: silent }, { patienceMs: 50 })));
      expect(await flood(5, () => ask('GET /health', []))).to.deep.equal(Array(5).fill(503));
      expect(asked).to.equal(1);
    });

    it('tell nobody why it is down', async () => {
      const why = 'connect ECONNREFUSED 10.0.0.7:3306';
      await start(
        createApp({ ...mail, ping: () => Promise.reject(new Error(why)) }, testDatabase(), config()),
      );
      const answer = await ask('GET /health', []);
      expect(answer.status).to.equal(503);
      expect(JSON.parse(answer.body)).to.deep.equal({ status: 'unavailable' });
      expect(logged.map(({ msg }) => msg)).to.deep.equal(['the database does not answer']);
    });
  });
});

describe('errors behind all routes of the stand-alone server', () => {
  it('show no stack, whatever fails', async () => {
    const mail = await openMail();
    const settings = loadConfig({
      DATABASE_URL: testDatabaseUrl(),
      POSTMARK_SERVER_TOKEN: 'test-token',
      MAIL_FROM: 'Shop <mail@shop.example>',
    });
    const app = createApp(mail, testDatabase(), settings);
    const server = createServer((request, response) => {
      // What breaks in Express itself, before any route of ours.
      Object.defineProperty(request, 'url', { get: () => '/%zz' });
      app(request, response);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as { port: number };
      const answer = await sendRaw(port, { parts: wholeRequest('GET /', []) });
      expect(answer.status).to.be.within(400, 499);
      expect(answer.body).not.to.match(/node_modules|at \w+ \(/);
    } finally {
      await new Promise(resolve => server.close(resolve));
      await mail.close();
    }
  });
});

describe('answers to everybody', () => {
  const ours = {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  };

  it('carry headers that keep them from being guessed at, kept or run; what we pass on carries none of ours', async () => {
    const mail = await openMail();
    for (const make of Object.values(hostExpresses)) {
      const app = make().set('env', 'test');
      app.use('/mail', publicRouter(mail, { webhookCredentials: [{ user: 'postmark', password }] }));
      const server = await listen(app);
      try {
        const post = (path: string, headers: readonly string[], body: string) =>
          sendRaw(server.port, { parts: wholeRequest(`POST /mail${path}`, [json, ...headers], body) });
        const answers = [
          await post('/webhooks/postmark', [], '{}'),
          await post('/webhooks/postmark', [loginWith(password)], '{'),
          await post('/webhooks/postmark', [loginWith(password)], event(3_000_001)),
        ];
        expect(answers.map(({ status }) => status)).to.deep.equal([401, 400, 200]);
        for (const { headers } of answers) expect(headers).to.include(ours);
        const passed = await post('/elsewhere', [], '{}');
        expect(passed.status).to.equal(404);
        expect(passed.headers).not.to.have.property('referrer-policy');
      } finally {
        await server.close();
      }
    }
    await mail.close();
  });

  it('tell nothing of what failed inside, in production and in development', async () => {
    const mail = await openMail();
    const secret = 'SELECT secret FROM /srv/shop/orders.ts';
    const failing = { ...mail, receive: () => Promise.reject(new Error(secret)) };
    for (const env of ['production', 'development']) {
      const app = hostExpresses['Express 5']().set('env', env);
      app.use(publicRouter(failing, { webhookCredentials: [{ user: 'postmark', password }] }));
      const server = await listen(app);
      try {
        const { status, body } = await sendRaw(server.port, {
          parts: wholeRequest('POST /webhooks/postmark', [json, loginWith(password)], event(1)),
        });
        // It comes back: nothing is lost.
        expect(status).to.equal(500);
        expect(body).not.to.include('secret').and.not.to.include('at ');
      } finally {
        await server.close();
      }
    }
    await mail.close();
  });
});
