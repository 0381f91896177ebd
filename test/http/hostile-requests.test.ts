import { expect } from 'chai';
import express, { type Express } from 'express';
import pino from 'pino';
import { v7 as uuid } from 'uuid';
import { type HttpServer, listen } from '../support/http-server.ts';
import { rawAnswer } from '../support/raw-request.ts';
import { addressOf, routesIn, type StackedRoute, withMountPaths } from '../support/route-stack.ts';
import { type AccessApp, type Browser, browserAt, openAccessApp } from './access-app.ts';

const longText = 'x'.repeat(5000);

/** Parts of a path that name nothing. */
const hostileParts = [
  ...['NaN', '0', '-1', '1e309', '01', '0x1', '1.5', '99999999999999999999', 'Infinity', 'null'],
  ...[
    '%00',
    '%',
    '%zz',
    '%ff',
    '%ED%A0%80',
    '%C3%A9',
    '__proto__',
    'constructor',
    '..%2f..%2f',
    '%20',
    'a%20',
  ],
  ...['brand:', ':', 'layout:%00', "'%22%3C", longText],
];

/** Values of a query, as they are written into an address. */
const hostileValues = [
  'NaN',
  '-1',
  '1e309',
  '%00',
  '%ED%A0%80',
  '%',
  '%C3%A9',
  '%27%22%5C',
  '%E2%80%A8',
  longText,
];

const queryNames = (
  'range page state name search cursor before after from to version locale kind q address stream recipient since ' +
  'until subject action by scheme template sampleData provider return ended progress tag category campaignId job jobId'
).split(' ');

// What is wrong with one name is not hidden by what is wrong with another.
const eachAlone = queryNames.map(
  (name, i) => `${name}=${['%00', 'NaN', '-1', '%C3%A9', '%ED%A0%80'][i % 5]}`,
);

describe('a caller’s fault', function () {
  this.timeout(300_000);
  let opened: AccessApp;
  let app: Express;
  let routes: StackedRoute[];
  let browser: Browser;
  let server: HttpServer;
  let cookie = '';
  let token: string;
  const faults: string[] = [];

  before(async () => {
    const logger = pino({ level: 'error' }, { write: (line: string) => void faults.push(line) });
    opened = await openAccessApp({}, { logger });
    const pages = withMountPaths(() => opened.appWith({}));
    routes = routesIn(pages.router as unknown as { stack: unknown[] });
    app = express().use((request, _response, next) => {
      cookie ||= (request.headers.cookie?.includes('postlane-session') && request.headers.cookie) || '';
      next();
    }, pages);
    await opened.account('ada@shop.example', 'admin');
    browser = browserAt(app);
    await browser.signIn('ada@shop.example');
    token = await browser.token();
    server = await listen(app);
  });
  beforeEach(() => void faults.splice(0));
  after(async () => {
    await server.close();
    await opened.mail.close();
  });

  const askRaw = async (line: string, more = '', body = ''): Promise<number> => {
    const head = `${line} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: ${cookie}\r\nX-CSRF-Token: ${token}\r\nAccept: application/json\r\n${more}Connection: close\r\n\r\n${body}`;
    return Number(/^HTTP\/1\.1 (\d+)/.exec(await rawAnswer(server.port, head))?.[1] ?? 0);
  };

  it('in a path is never an error of ours, on any route', async () => {
    const wrong: string[] = [];
    for (const route of routes.filter(({ path }) => path.includes(':')))
      for (const part of hostileParts) {
        const path = route.path.replace(/:(\w+)/g, (_, name: string) =>
          name === 'ref' && /:version|:message/.test(route.path) && part !== '%' ? 'newsletter' : part,
        );
        const status = await askRaw(
          `${route.method.toUpperCase()} ${path}`,
          route.method === 'post' ? 'Content-Length: 0\r\n' : '',
        );
        if (status < 200 || status >= 500) wrong.push(`${route.method} ${path.slice(0, 100)}: ${status}`);
      }
    expect(wrong).to.deep.equal([]);
    expect(faults).to.deep.equal([]);
  });

  it('in a query is never an error of ours, on any page', async () => {
    const wrong: string[] = [];
    const pages = routes.filter(
      ({ method, path }) => method === 'get' && path !== '/jobs/agendash/api/events',
    );
    for (const route of pages)
      for (const value of hostileValues) {
        const query = queryNames.map(name => `${name}=${value}`).join('&');
        const twice = value === 'NaN' ? `${query}&${query}&a[b][c]=1&__proto__[x]=1&page[]=1` : query;
        const alone = value === 'NaN' && !route.path.includes(':id') ? eachAlone : [];
        for (const asked of value === longText ? [`range=${value}&q=${value}`] : [twice, ...alone]) {
          const path = `${addressOf(route, { ref: 'newsletter', id: uuid(), version: '1' })}?${asked}`;
          const status = await askRaw(`GET ${path}`);
          if (status < 200 || status >= 500) wrong.push(`${path.slice(0, 120)}: ${status}`);
        }
      }
    expect(wrong).to.deep.equal([]);
    expect(faults).to.deep.equal([]);
  });

  it('in a form is refused in words that name the field, on every route that takes one', async () => {
    const wrong: string[] = [];
    // Signing out comes last: what it does not take is all that keeps the session.
    const posts = routes
      .filter(({ method }) => method === 'post')
      .sort((a, b) => Number(a.path === '/sign-out') - Number(b.path === '/sign-out'));
    expect(posts.filter(({ form }) => !form).map(({ path }) => path)).to.deep.equal([]);
    for (const route of posts) {
      const path = addressOf(route, { ref: 'newsletter', id: uuid(), version: '1', name: 'postmark-api' });
      const fields = Object.entries<{ type?: string }>(route.form?.schema.describe().keys ?? {});
      const texts = fields.filter(([, { type }]) => type === 'string').map(([name]) => name);
      const send = (body: string) =>
        browser.agent
          .post(path)
          .set({ Accept: 'application/json', 'X-CSRF-Token': token, 'Content-Type': 'application/json' })
          .send(body);
      for (const [name, value] of [
        ['surprise', 'x'],
        ...texts.flatMap(text => [
          [text, ['a', 'b']],
          [text, { a: 1 }],
          [text, 7],
          [text, '\ud800'],
          [text, 'a\0b'],
          [text, null],
        ]),
      ] as [string, unknown][]) {
        const { status, body } = await send(JSON.stringify({ [name]: value }));
        const isNamed = body.fields?.includes(name) || /not (the|a) form of/.test(body.message);
        if (status !== 422 || !isNamed)
          wrong.push(`${path} ${name}=${JSON.stringify(value)}: ${status} ${body.message}`);
      }
      for (const body of ['[]', '[1]', '{"__proto__":{"x":1}}', '{"constructor":{"prototype":1}}']) {
        const { status } = await send(body);
        if (status < 200 || status >= 500) wrong.push(`${path} ${body}: ${status}`);
      }
    }
    expect(wrong).to.deep.equal([]);
    expect(faults).to.deep.equal([]);
  });

  it('in the name of the host is never an error of ours', async () => {
    const wrong: string[] = [];
    for (const path of [
      '/',
      '/streams',
      '/streams/webhooks',
      '/sign-in',
      '/users',
      '/jobs/agendash/',
      '/nowhere',
    ])
      for (const host of [
        '',
        ' ',
        'a b',
        '[::1',
        '[',
        ']',
        '\xff\xfe',
        'a,b',
        'x:99999',
        ':',
        '@',
        'a/b',
        '%00',
        longText,
      ])
        for (const more of ['', 'Origin: null\r\n', 'Origin: http://[\r\n', 'X-Forwarded-Host: [::1\r\n']) {
          const answer = await rawAnswer(
            server.port,
            `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nCookie: ${cookie}\r\n${more}Connection: close\r\n\r\n`,
          );
          const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
          if (status < 200 || status >= 500) wrong.push(`${path} at ${host.slice(0, 20)}: ${status}`);
        }
    const old = await rawAnswer(server.port, `GET /streams HTTP/1.0\r\nCookie: ${cookie}\r\n\r\n`);
    expect(old).to.match(/^HTTP\/1\.1 [234]/);
    expect(wrong).to.deep.equal([]);
    expect(faults).to.deep.equal([]);
  });

  it('of breaking off what is sent is no error of ours', async () => {
    const { id } = await opened.mail.campaigns
      .create({ name: 'c', template: 'newsletter', data: {} })
      .catch(() => ({
        id: uuid(),
      }));
    for (const [path, type] of [
      [`/campaigns/${id}/recipients`, 'text/csv'],
      [`/campaigns/${id}/recipients?progress=yes`, 'text/csv'],
      ['/suppressions', 'application/x-www-form-urlencoded'],
      ['/templates/newsletter/draft', 'application/json'],
    ]) {
      const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: ${cookie}\r\nX-CSRF-Token: ${token}\r\nContent-Type: ${type}\r\nContent-Length: 5000\r\n\r\nemail\nada@example.com`;
      await breakOff(server.port, head);
    }
    expect(faults).to.deep.equal([]);
  });
});

async function breakOff(port: number, sent: string): Promise<void> {
  const { connect } = await import('node:net');
  const socket = connect(port, '127.0.0.1');
  await new Promise<void>(resolve => socket.once('connect', () => socket.write(sent, () => resolve())));
  await new Promise(resolve => setTimeout(resolve, 100));
  socket.destroy();
  await new Promise(resolve => setTimeout(resolve, 100));
}
