import { expect } from 'chai';
import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { type AdminRouterOptions, adminRouter } from '../../server/app.ts';
import type { Mail } from '../../server/mail/index.ts';
import { hostExpresses, hostWith } from '../support/host-middleware.ts';
import { openMail, testConfig } from '../support/mail.ts';

const secret = 'a secret of the tests, 32 characters or more';
const password = 'the-password-of-the-tests';

describe('routers that a host answers for', () => {
  let mail: Mail;
  const logged: { level: number; err?: { message: string } }[] = [];
  before(async () => {
    const logger = pino({ level: 'warn' }, { write: line => logged.push(JSON.parse(line)) });
    // As the package's own createMail opens it: with everything that the configuration has.
    const settings = { secretKeys: [secret], webhookCredentials: [{ user: 'postmark', password }] };
    mail = await openMail({ logger }, { ...testConfig(), ...settings });
  });
  beforeEach(() => {
    logged.length = 0;
  });
  after(() => mail.close());

  const admin = (options: AdminRouterOptions = {}) =>
    adminRouter(mail, { authenticate: () => true, ...options });

  for (const [version, express] of Object.entries(hostExpresses)) {
    describe(`on ${version}`, () => {
      const host = (before: RequestHandler[], options: AdminRouterOptions = {}, mount = '/mail') =>
        hostWith(express, before, admin(options), mount);

      describe('hand over', () => {
        const seen: { message: string; csp: unknown; locals: unknown; body: unknown }[] = [];
        const errorHandler: ErrorRequestHandler = (error, { body }, response, _next) => {
          seen.push({
            message: error.message,
            csp: response.getHeader('content-security-policy'),
            locals: { ...response.locals },
            body,
          });
          response.status(500).send('page of the host');
        };
        const failing = (options: AdminRouterOptions) => {
          const before: RequestHandler = (_request, response, next) => {
            response.locals.id = 7;
            next();
          };
          const app = express()
            .set('env', 'test')
            .use(before, express.urlencoded({ extended: true }));
          const authenticate = () => {
            throw new Error('of the host');
          };
          return app.use('/mail', admin({ authenticate, ...options })).use(errorHandler);
        };
        beforeEach(() => {
          seen.length = 0;
        });

        it('nothing unless asked', async () => {
          const { text } = await request(failing({})).get('/mail/').accept('html').expect(500);
          expect(text).to.include('Something went wrong on our side');
          expect(seen).to.deep.equal([]);
        });

        it('what nobody expected, logged once, with the host’s own headers, locals and body', async () => {
          const app = failing({ errors: 'host' });
          const { text } = await request(app)
            .post('/mail/x')
            .type('form')
            .send('a=1')
            .accept('html')
            .expect(500);
          expect(text).to.equal('page of the host');
          expect(seen).to.deep.equal([
            { message: 'of the host', csp: undefined, locals: { id: 7 }, body: { a: '1' } },
          ]);
          expect(logged.map(({ level, err }) => [level, err?.message])).to.deep.equal([[50, 'of the host']]);
        });

        it('no answer to a script, and nothing that was expected', async () => {
          const { body } = await request(failing({ errors: 'host' }))
            .get('/mail/session')
            .accept('json')
            .expect(500);
          expect(body.code).to.equal('internal');
          const app = failing({ errors: 'host', authenticate: () => true });
          await request(app).get('/mail/nowhere').accept('html').expect(404);
          expect(seen).to.deep.equal([]);
        });
      });

      describe('send who is not signed in', () => {
        const signingIn = (options: AdminRouterOptions, mount = '/mail') =>
          host([], { authenticate: () => null, ...options }, mount);

        it('to the host’s page, with the way back as browsers see it', async () => {
          const at = async (app: Express, path: string) =>
            (await request(app).get(path).accept('html').expect(303)).headers.location;
          const app = signingIn({ signInUrl: '/login?next={return}' });
          expect(await at(app, '/mail/messages?state=sent')).to.equal(
            '/login?next=%2Fmail%2Fmessages%3Fstate%3Dsent',
          );
          expect(await at(app, '/mail')).to.equal('/login?next=%2Fmail');
          expect(await at(signingIn({ signInUrl: '/login?a=b' }), '/mail/x')).to.equal(
            '/login?a=b&return=%2Fmail%2Fx',
          );
          const behind = signingIn({ signInUrl: '/login', publicUrl: 'https://shop.example/shop' });
          expect(await at(behind, '/mail/x')).to.equal('/login?return=%2Fshop%2Fmail%2Fx');
          // No way back leads to another site.
          for (const path of ['//evil.example/x', '/\\evil.example/x']) {
            const location = await at(signingIn({ signInUrl: '/login' }, '/'), path);
            expect(decodeURIComponent(location?.split('return=')[1] ?? '')).to.match(/^\/[^/\\]/);
          }
        });

        it('by an answer of the host, with its own request and response', async () => {
          const app = signingIn({
            onUnauthenticated: (asked, answer) => {
              const response = answer as unknown as import('express').Response;
              expect(response.getHeader('content-security-policy')).to.equal(undefined);
              response
                .status(418)
                .json({ url: (asked as { originalUrl?: string }).originalUrl, app: response.app === app });
            },
          });
          const { body } = await request(app).get('/mail/x?y').accept('html').expect(418);
          expect(body).to.deep.equal({ url: '/mail/x?y', app: true });
        });

        it('nowhere when that answer fails: the host’s error handler tells', async () => {
          const app = signingIn({ onUnauthenticated: () => Promise.reject(new Error('no page')) });
          app.use(
            ((error, _request, response, _next) =>
              void response.status(500).send(error.message)) as ErrorRequestHandler,
          );
          expect((await request(app).get('/mail/').accept('html').expect(500)).text).to.equal('no page');
        });

        it('nowhere for scripts, forms and those who may not', async () => {
          const app = signingIn({ signInUrl: '/login' });
          expect((await request(app).get('/mail/').accept('json').expect(401)).body.code).to.equal(
            'signed-out',
          );
          const { text } = await request(app)
            .post('/mail/suppressions')
            .type('form')
            .send('a=1')
            .accept('html')
            .expect(401);
          expect(text).to.include('Nothing was changed. Sign in in another tab');
          const forbidden = signingIn({ signInUrl: '/login', authenticate: () => 'forbidden' });
          await request(forbidden).get('/mail/').accept('html').expect(403);
        });
      });
    });
  }
});
