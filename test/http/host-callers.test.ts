import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import type { RequestHandler } from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { accountAccess } from '../../server/accounts/index.ts';
import { pageRouter } from '../../server/admin/router.ts';
import { mailRouter } from '../../server/app.ts';
import { onOwnExpress } from '../../server/host/own-express.ts';
import type { Mail } from '../../server/mail/index.ts';
import { testDatabase } from '../support/database.ts';
import { visitForms } from '../support/forms.ts';
import { hostExpresses, hostWith } from '../support/host-middleware.ts';
import { type HttpServer, listen } from '../support/http-server.ts';
import { openMail } from '../support/mail.ts';
import { until } from '../support/until.ts';
import { browserAt, cheap, goodPassword, openAccessApp } from './access-app.ts';
import { newsletterData } from './pages-mail.ts';

const secretKeys = ['a key of the tests, 32 characters or more'];
const webhookCredentials = [{ user: 'postmark', password: 'the-password' }];

describe('callers of a host who send what cannot be', () => {
  let mail: Mail;
  let server: HttpServer;
  const logged: { level: number; msg: string }[] = [];
  before(async () => {
    mail = await openMail({
      logger: pino({ level: 'info' }, { write: line => logged.push(JSON.parse(line)) }),
    });
    const router = mailRouter(mail, { secretKeys, webhookCredentials, authenticate: () => true });
    server = await listen(hostWith(hostExpresses['Express 4'], [], router));
  });
  beforeEach(() => {
    logged.length = 0;
  });
  after(async () => {
    await server.close();
    await mail.close();
  });

  const statusOf = async (head: string): Promise<number> => {
    const socket = connect(server.port, '127.0.0.1');
    socket.write(`${head}\r\nConnection: close\r\n\r\n`);
    let text = '';
    for await (const chunk of socket) text += chunk;
    return Number(/^HTTP\/1.1 (\d+)/.exec(text)?.[1]);
  };

  it('get no 500 for a host name, a path or a prefix that is none', async () => {
    for (const [target, host] of [
      ['/mail/streams', 'a b'],
      ['/mail/streams', '[::1'],
      ['/mail/streams/webhooks', '%'],
      ['/mail//', 'x'],
      ['/mail/jobs/agendash//', 'x'],
      ['/mail/jobs/agendash//api?limit=0', 'x'],
      ['/mail/%zz', 'x'],
      ['/mail/messages/%00', 'x'],
    ]) {
      const status = await statusOf(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nX-Forwarded-Prefix: /a;b`);
      expect(status, `${target} at ${host}`).to.be.within(200, 499);
    }
    expect(logged.filter(({ level }) => level >= 50)).to.deep.equal([]);
  });

  it('get a 400 for JSON and forms that are nested without end, but none for an event: that is kept', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const hook = request(server.url).post('/mail/webhooks/postmark').auth('postmark', 'the-password');
    await hook.type('json').send(`{"RecordType":"Bounce","x":${deep}}`).expect(200);
    const { cookie, token } = await visitForms(
      hostWith(hostExpresses['Express 5'], [], mailRouter(mail, { secretKeys, authenticate: () => true })),
      '/mail/',
    );
    const form = () =>
      request(server.url).post('/mail/suppressions').set({ Cookie: cookie, 'X-CSRF-Token': token });
    await form().type('json').send(`{"address":${deep}}`).expect(400);
    await form()
      .type('form')
      .send(`a${'[x]'.repeat(500)}=1`)
      .expect(400);
    expect(logged.filter(({ level }) => level >= 50)).to.deep.equal([]);
  });

  it('may break off an upload or a form, and nothing is stored or reported as a failure', async () => {
    const { id } = await mail.campaigns.create({ name: 'x', template: 'newsletter', data: newsletterData });
    const app = hostWith(
      hostExpresses['Express 5'],
      [],
      mailRouter(mail, { secretKeys, authenticate: () => true }),
    );
    const { cookie, token } = await visitForms(app, '/mail/');
    const headers = `Host: x\r\nCookie: ${cookie}\r\nX-CSRF-Token: ${token}\r\nContent-Length: 100000`;
    for (const [path, type] of [
      [`campaigns/${id}/recipients`, 'text/csv'],
      ['suppressions', 'application/x-www-form-urlencoded'],
    ]) {
      logged.length = 0;
      const socket = connect(server.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(
        `POST /mail/${path} HTTP/1.1\r\n${headers}\r\nContent-Type: ${type}\r\n\r\nemail\nada@example.com\n`,
      );
      await once(socket, 'ready').catch(() => {});
      await new Promise(resolve => setTimeout(resolve, 200));
      socket.destroy();
      if (type === 'text/csv')
        await until(
          'a note of it',
          () => logged.some(({ msg }) => msg.includes('cut off')) || 'nothing logged',
        );
      else await new Promise(resolve => setTimeout(resolve, 200));
      expect(logged.filter(({ level }) => level >= 50)).to.deep.equal([]);
    }
    expect(await testDatabase()('postlane_campaign_recipients').where({ campaign_id: id })).to.deep.equal([]);
  });
});

describe('signing in behind a host’s parsers', () => {
  it('works whatever has read the form, and is refused with the remedy where it is lost', async () => {
    const opened = await openAccessApp();
    try {
      await opened.account('ada@example.com', 'admin');
      const settings = {
        secretKeys,
        publicUrl: 'http://127.0.0.1',
        pagesAccess: 'accounts',
        requestsPerMinute: 1000,
        cost: cheap,
        now: opened.clock.now,
      } as const;
      const router = () =>
        onOwnExpress(
          pageRouter(opened.mail, accountAccess(opened.mail, testDatabase(), settings), {
            ...settings,
            jobs: testDatabase(),
          }),
        );
      for (const make of Object.values(hostExpresses)) {
        for (const parser of [
          make.json(),
          make.urlencoded({ extended: true }),
          make.urlencoded({ extended: false }),
          make.raw({ type: () => true }),
          make.text({ type: () => true }),
        ]) {
          const browser = browserAt(hostWith(make, [parser], router(), '/'));
          const { status } = await browser.signIn('ada@example.com', goodPassword);
          expect(status).to.equal(303);
        }
        const dropping: RequestHandler = (asked, _response, next) => {
          if (asked.body) delete asked.body.password;
          next();
        };
        const browser = browserAt(
          hostWith(make, [make.urlencoded({ extended: true }), dropping], router(), '/'),
        );
        const { status, text } = await browser.signIn('ada@example.com', goodPassword);
        expect([status, text.includes('Mount Postlane')]).to.deep.equal([400, true]);
      }
    } finally {
      await opened.mail.close();
    }
  });
});
