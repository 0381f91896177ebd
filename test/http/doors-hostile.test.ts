import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import { createApp, mailRouter } from '../../server/app.ts';
import { loadConfig } from '../../server/config/index.ts';
import type { Mail } from '../../server/mail/index.ts';
import { testDatabase, testDatabaseUrl } from '../support/database.ts';
import { hostExpresses, hostWith } from '../support/host-middleware.ts';
import {
  hostileBodies,
  hostileHeaders,
  hostilePaths,
  hostileQueries,
  otherMethods,
} from '../support/hostile-requests.ts';
import { type HttpServer, listen } from '../support/http-server.ts';
import { openMail } from '../support/mail.ts';
import { type RawRequest, sendRaw, wholeRequest } from '../support/raw-http.ts';

const password = 'the-password';
const webhookCredentials = [{ user: 'postmark', password }];
const login = `Authorization: Basic ${Buffer.from(`postmark:${password}`).toString('base64')}`;
const form = 'Content-Type: application/x-www-form-urlencoded';

const signInDoors = ['/sign-in', '/sign-in/code', '/sign-out', '/forgotten-password', '/invitation/abc'];
const doors = ['/', '/health', '/webhooks/postmark', ...signInDoors, '/assets/app.css', '/session'];
const closedDoors = ['/messages', '/campaigns/x/recipients', '/jobs/agendash/api/jobs/requeue'];

describe('doors that need no session', function () {
  this.timeout(120_000);
  let mail: Mail;
  let asked = 0;
  before(async () => {
    mail = await openMail();
  });
  after(() => mail.close());

  // Each comes from an address of its own, for no limit to hide what lies behind it.
  const fromSomewhere = () =>
    `X-Forwarded-For: 10.${(++asked >> 16) & 255}.${(asked >> 8) & 255}.${asked & 255}`;

  const alone = () =>
    createApp(
      mail,
      testDatabase(),
      loadConfig({
        DATABASE_URL: testDatabaseUrl(),
        POSTMARK_SERVER_TOKEN: 'test-token',
        MAIL_FROM: 'Shop <mail@shop.example>',
        WEBHOOK_CREDENTIALS: `postmark:${password}`,
        POSTLANE_SECRET_KEY: 'x'.repeat(32),
        POSTLANE_PUBLIC_URL: 'https://shop.example/mail',
        NODE_ENV: 'production',
      }),
    );
  const inHost = (version: keyof typeof hostExpresses, parses: boolean) => {
    const make = hostExpresses[version];
    const parsers = parses ? [make.json(), make.urlencoded({ extended: true })] : [];
    const router = mailRouter(mail, { webhookCredentials, database: testDatabaseUrl(), signInUrl: '/login' });
    return hostWith(make, parsers, router, '/').set('trust proxy', true);
  };
  const apps: readonly [string, () => RequestListener][] = [
    ['of the stand-alone server', alone],
    ['in a host on Express 4', () => inHost('Express 4', false)],
    ['in a host on Express 4 that parses bodies', () => inHost('Express 4', true)],
    ['in a host on Express 5', () => inHost('Express 5', false)],
    ['in a host on Express 5 that parses bodies', () => inHost('Express 5', true)],
  ];

  for (const [where, open] of apps)
    describe(where, () => {
      let server: HttpServer;
      const faults: string[] = [];
      before(async () => {
        server = await listen(open());
      });
      beforeEach(() => {
        faults.length = 0;
      });
      after(() => server.close());

      const send = async (what: string, parts: RawRequest['parts']) => {
        const { status, body } = await sendRaw(server.port, { parts }).catch(error => ({
          status: 0,
          body: String(error),
        }));
        // What a host's own parsers refuse, the host answers.
        const isTold = !where.includes('parses') && /node_modules|\.ts:\d|at \w+ \(/.test(body);
        if (status === 0 || status >= 500 || isTold) faults.push(`${what}: ${status} ${body.slice(0, 200)}`);
      };

      it('answer no body with a fault of ours', async () => {
        for (const door of [...doors, ...closedDoors])
          for (const [what, headers, body] of hostileBodies) {
            const all = [fromSomewhere(), ...headers];
            await send(`${door}, ${what}`, wholeRequest(`POST ${door}`, all, body));
            if (door.startsWith('/webhooks'))
              await send(`${door}, signed in, ${what}`, wholeRequest(`POST ${door}`, [...all, login], body));
          }
        expect(faults).to.deep.equal([]);
      });

      it('answer no header, path, query or method with one', async () => {
        for (const door of doors) {
          for (const [what, headers] of hostileHeaders) {
            // Where the length is what is wrong, there is no other.
            const body = headers.some(header => /^(content-length|transfer)/i.test(header)) ? '' : 'a=1';
            const all = [fromSomewhere(), ...headers];
            await send(`GET ${door}, ${what}`, wholeRequest(`GET ${door}`, all));
            await send(`POST ${door}, ${what}`, wholeRequest(`POST ${door}`, [form, ...all], body));
          }
          for (const query of hostileQueries)
            await send(`GET ${door}${query}`, wholeRequest(`GET ${door}${query}`, [fromSomewhere()]));
          for (const method of otherMethods)
            await send(`${method} ${door}`, wholeRequest(`${method} ${door}`, [fromSomewhere()]));
        }
        for (const path of hostilePaths)
          for (const method of ['GET', 'POST', 'OPTIONS'])
            await send(`${method} ${path}`, wholeRequest(`${method} ${path}`, [fromSomewhere()]));
        expect(faults).to.deep.equal([]);
      });

      if (where.includes('stand-alone'))
        it('answer no form of their own with one', async () => {
          const page = await sendRaw(server.port, { parts: wholeRequest('GET /sign-in', [fromSomewhere()]) });
          const token =
            /name="csrf-token" content="([^"]*)"/.exec(page.body)?.[1] ?? expect.fail('No token.');
          const own = [`Cookie: ${page.headers['set-cookie']?.split(';')[0]}`, `X-CSRF-Token: ${token}`];
          const ordinary = wholeRequest(
            'POST /sign-in',
            [fromSomewhere(), form, ...own],
            'email=a&password=b',
          );
          expect((await sendRaw(server.port, { parts: ordinary })).body).to.include('Wrong e-mail address');
          for (const door of signInDoors)
            for (const [what, headers, body] of hostileBodies) {
              const all = [fromSomewhere(), ...own, ...headers];
              await send(`${door}, ${what}`, wholeRequest(`POST ${door}`, all, body));
            }
          expect(faults).to.deep.equal([]);
        });

      it('take broken chunks, and callers who give up, for what they are', async () => {
        const chunked = 'Content-Type: application/json\r\nTransfer-Encoding: chunked';
        for (const door of doors) {
          const head = `POST ${door} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${login}\r\n`;
          await send(`${door}, a broken chunk`, [`${head}${chunked}\r\n\r\n5\r\n{"a":\r\nzz\r\n`]);
          const half = `${head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a":`;
          await sendRaw(server.port, { parts: [half], abort: true }).catch(() => null);
        }
        await send('the next', wholeRequest('GET /sign-in', [fromSomewhere()]));
        expect(faults).to.deep.equal([]);
      });
    });
});
