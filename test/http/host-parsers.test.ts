import { expect } from 'chai';
import type { Express, RequestHandler } from 'express';
import { pino } from 'pino';
import request, { type Response } from 'supertest';
import { mailRouter, publicRouter } from '../../server/app.ts';
import type { Mail } from '../../server/mail/index.ts';
import { testDatabase } from '../support/database.ts';
import { visitForms } from '../support/forms.ts';
import { type HostExpress, hostExpresses, hostWith, middleware } from '../support/host-middleware.ts';
import { openMail } from '../support/mail.ts';
import { providerSamples } from '../support/provider-samples.ts';
import { newsletterData } from './pages-mail.ts';
import { fieldsIn } from './template-desk.ts';

const { Bounce } = providerSamples;
const webhookCredentials = [{ user: 'postmark', password: 'the-password' }];
const ref = { kind: 'template', key: 'newsletter' } as const;

describe('routers in a host that parses bodies', () => {
  let mail: Mail;
  const logged: { level: number; msg: string }[] = [];
  before(async () => {
    mail = await openMail({
      logger: pino({ level: 'warn' }, { write: line => logged.push(JSON.parse(line)) }),
    });
  });
  beforeEach(async () => {
    logged.length = 0;
    for (const table of ['postlane_events', 'postlane_suppressions']) await testDatabase()(table).delete();
    const view = await mail.templates.get(ref);
    if (view?.draft) await mail.templates.discardDraft(ref, { revision: view.revision, by: 'test' });
  });
  after(() => mail.close());

  const appWith = (make: HostExpress, before: readonly RequestHandler[]) =>
    hostWith(make, before, mailRouter(mail, { webhookCredentials, authenticate: () => true }));

  // Everything in which encodings differ, and a table whose fields are nested.
  const subject = "A+B & C=D 100% 'ü' (~!*) 😀 [x] {{issue}}";

  const saveTemplate = async (app: Express, html?: string): Promise<Response> => {
    const { text } = await request(app).get('/mail/templates/newsletter');
    const form = {
      ...fieldsIn(text),
      revision: String((await mail.templates.get(ref))?.revision),
      'locales[default][subject]': subject,
      description: 'one\r\ntwo',
      ...(html !== undefined && { 'locales[default][html]': html }),
    };
    return sendForm(app, 'templates/newsletter/draft', form);
  };
  const expectTemplate = async (isSaved: boolean) => {
    const view = await mail.templates.get(ref);
    if (!isSaved) return expect(view?.draft).to.equal(null);
    const { locales, ...rest } = view?.published?.source.content ?? expect.fail('There is no template.');
    const content = {
      ...rest,
      description: 'one\ntwo',
      locales: { ...locales, default: { ...locales.default, subject } },
    };
    return expect(view?.draft?.source.content).to.deep.equal(content);
  };

  const suppress = (app: Express): Promise<Response> =>
    sendForm(app, 'suppressions', { address: 'ada+x@example.com', place: 'broadcast', note: 'by phone' });
  const expectSuppressed = async (isSuppressed: boolean) => {
    const found = await testDatabase()('postlane_suppressions').select();
    expect(found).to.have.length(isSuppressed ? 1 : 0);
  };

  const uploadList = async (app: Express): Promise<Response> => {
    const { id } = await mail.campaigns.create({ name: 'x', template: 'newsletter', data: newsletterData });
    const { cookie, token } = await visitForms(app, '/mail/');
    const rows = Array.from({ length: 500 }, (_, i) => `reader-${i}@example.com,"Réa, ""${i}"""`);
    return request(app)
      .post(`/mail/campaigns/${id}/recipients`)
      .set({ Cookie: cookie, 'X-CSRF-Token': token, 'Content-Type': 'text/csv', Accept: 'text/html' })
      .send(`email,name\n${rows.join('\n')}`);
  };
  const expectListed = async (answer: Response, isTaken: boolean) => {
    const id = answer.request.url.split('/').at(-2) ?? '';
    const { length } = await testDatabase()('postlane_campaign_recipients').where({ campaign_id: id });
    expect(length).to.equal(isTaken ? 500 : 0);
  };

  const post = (app: Express, body: object = Bounce): Promise<Response> =>
    Promise.resolve(
      request(app)
        .post('/mail/webhooks/postmark')
        .auth('postmark', 'the-password')
        .type('json')
        .send(JSON.stringify(body)),
    );
  const events = () => testDatabase()('postlane_events').select();

  /** What each of four doors does: `right`, or `refused` with the remedy. */
  const all = (outcome: Outcome) => ({ form: outcome, list: outcome, webhook: outcome });
  const cases: Record<
    string,
    { before: (express: HostExpress) => RequestHandler[] } & Record<Door, Outcome>
  > = {
    nothing: { before: () => [], ...all('right') },
    'json()': { before: express => [express.json()], ...all('right') },
    'urlencoded({ extended: true })': {
      before: express => [express.urlencoded({ extended: true })],
      ...all('right'),
    },
    'urlencoded({ extended: false })': {
      before: express => [express.urlencoded({ extended: false })],
      ...all('right'),
    },
    'json() and urlencoded()': {
      before: express => [express.json(), express.urlencoded({ extended: true })],
      ...all('right'),
    },
    'raw()': { before: express => [express.raw()], ...all('right') },
    'raw() of everything': { before: express => [express.raw({ type: () => true })], ...all('right') },
    'text()': { before: express => [express.text()], ...all('right') },
    'text() of everything': { before: express => [express.text({ type: () => true })], ...all('right') },
    'json() that keeps the bytes': {
      before: express => [
        express.json({ verify: keepBytes }),
        express.urlencoded({ extended: false, verify: keepBytes }),
      ],
      ...all('right'),
    },
    'a collector beside us': { before: () => [collector], ...all('right') },
    'multer, cookies, a session, other methods, compression and helmet': {
      before: () => [
        middleware('helmet')(),
        middleware('compression')(),
        middleware('cookie-parser')('secret'),
        middleware('express-session')({ secret: 'x', resave: false, saveUninitialized: true }),
        middleware('method-override')('_method'),
        middleware('multer')().none(),
      ],
      ...all('right'),
    },
    'somebody who reads and leaves nothing': { before: () => [swallowing], ...all('refused') },
    'urlencoded() and a sanitizer': {
      before: express => [express.urlencoded({ extended: true }), sanitizing],
      ...{ form: 'refused', list: 'right', webhook: 'right' },
    },
    'json() and a sanitizer': {
      before: express => [express.json(), sanitizing],
      ...{ form: 'right', list: 'right', webhook: 'refused' },
    },
  };

  for (const [version, express] of Object.entries(hostExpresses)) {
    describe(`on ${version}`, () => {
      for (const [name, { before, form, list, webhook }] of Object.entries(cases)) {
        it(`after ${name}: forms ${form}, lists ${list}, webhooks ${webhook}`, async () => {
          const app = appWith(express, before(express));
          expectAnswer(await saveTemplate(app), form, 303);
          await expectTemplate(form === 'right');
          expectAnswer(await suppress(app), form, 303);
          await expectSuppressed(form === 'right');
          const uploaded = await uploadList(app);
          expectAnswer(uploaded, list, 200);
          await expectListed(uploaded, list === 'right');
          expectAnswer(await post(app), webhook, 200);
          expect(await events()).to.have.length(webhook === 'right' ? 1 : 0);
        });
      }

      it('leaves what is too large to the host that measures it, and takes it where we are first', async () => {
        const html = `<p>${'x'.repeat(150_000)}</p>`;
        const parsers = [express.json(), express.urlencoded({ extended: true })];
        const large = { ...Bounce, Content: 'x'.repeat(300_000) };
        const after = appWith(express, parsers);
        expect((await saveTemplate(after, html)).status).to.equal(413);
        expect((await post(after, large)).status).to.equal(413);
        await expectTemplate(false);
        const first = appWith(express, []);
        for (const parser of parsers) first.use(parser);
        expect((await saveTemplate(first, html)).status).to.equal(303);
        expect((await post(first, large)).status).to.equal(200);
      });

      it('leaves the host its own bodies, before and after its parsers', async () => {
        for (const isFirst of [true, false]) {
          const app = express();
          const router = publicRouter(mail, { webhookCredentials });
          if (isFirst) app.use('/mail', router);
          app.use(express.json(), express.urlencoded({ extended: true }));
          if (!isFirst) app.use('/mail', router);
          app.post('/mail/of-the-host', ({ body }, response) => {
            response.json(body);
          });
          const { body } = await request(app)
            .post('/mail/of-the-host')
            .send({ a: [1, { b: 2 }] })
            .expect(200);
          expect(body).to.deep.equal({ a: [1, { b: 2 }] });
        }
      });
    });
  }

  function expectAnswer(answer: Response, outcome: Outcome, status: number): void {
    if (outcome === 'right') return void expect(answer.status, answer.text).to.equal(status);
    expect(answer.status, answer.text).to.equal(400);
    expect(answer.text)
      .to.include('The host application read this request before Postlane')
      .and.include('Mount Postlane');
    expect(logged.at(-1)).to.include({ level: 50 });
  }
});

type Door = 'form' | 'list' | 'webhook';
type Outcome = 'right' | 'refused';

/** Sends a form as a browser does. */
async function sendForm(app: Express, path: string, fields: Record<string, string>): Promise<Response> {
  const { cookie, token } = await visitForms(app, '/mail/');
  return request(app)
    .post(`/mail/${path}`)
    .set('Cookie', cookie)
    .type('form')
    .send(new URLSearchParams({ ...fields, _csrf: token }).toString());
}

function keepBytes(request: object, _response: unknown, bytes: Buffer): void {
  Object.assign(request, { rawBody: bytes });
}

const collector: RequestHandler = (request, _response, next) => {
  request.on('data', () => {});
  next();
};

const swallowing: RequestHandler = (request, _response, next) => {
  request.on('data', () => {}).on('end', () => next());
};

const sanitizing: RequestHandler = (request, _response, next) => {
  for (const [name, value] of Object.entries(request.body ?? {}))
    if (typeof value === 'string') request.body[name] = value.replace(/e/g, '&#101;');
  next();
};
