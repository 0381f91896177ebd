import { expect } from 'chai';
import type { Express, RequestHandler } from 'express';
import request from 'supertest';
import { type AdminRouterOptions, adminRouter } from '../../server/app.ts';
import type { Mail } from '../../server/mail/index.ts';
import { testDatabase } from '../support/database.ts';
import { doubleCsrf, hostExpresses, hostWith, middleware, suppressBy } from '../support/host-middleware.ts';
import { openMail, testConfig } from '../support/mail.ts';

const secret = 'a secret of the tests, 32 characters or more';
const password = 'the-password-of-the-tests';

const helmetOptions = { crossOriginEmbedderPolicy: true };

describe('routers in a host', () => {
  let mail: Mail;
  before(async () => {
    // As the package's own createMail opens it: with everything that the configuration has.
    const settings = { secretKeys: [secret], webhookCredentials: [{ user: 'postmark', password }] };
    mail = await openMail({}, { ...testConfig(), ...settings });
  });
  beforeEach(async () => {
    await testDatabase()('postlane_suppressions').delete();
  });
  after(() => mail.close());

  const admin = (options: AdminRouterOptions = {}) =>
    adminRouter(mail, { authenticate: () => true, ...options });
  const suppressed = async () => (await testDatabase()('postlane_suppressions').select()).length;

  for (const [version, express] of Object.entries(hostExpresses)) {
    describe(`on ${version}`, () => {
      const host = (before: RequestHandler[], options: AdminRouterOptions = {}, mount = '/mail') =>
        hostWith(express, before, admin(options), mount);

      it('heed no setting of the host and nothing it put on its responses', async () => {
        for (const queryParser of ['extended', 'simple', false] as const) {
          const app = express();
          app.set('env', 'test').set('query parser', queryParser).set('etag', false).set('json spaces', 4);
          app.set('strict routing', true).set('case sensitive routing', true).set('trust proxy', 5);
          app
            .set('view engine', 'none')
            .set('json replacer', () => 'replaced')
            .set('x-powered-by', true);
          app.use((_request, response, next) => {
            Object.assign(response.locals, {
              person: 'x',
              session: { person: { role: 'admin' } },
              location: 'x',
              csrf: 'x',
            });
            response.json = () => response.end('wrapped');
            response.send = () => response.end('wrapped');
            response.redirect = () => response.end('wrapped');
            next();
          });
          app.use('/mail', admin());
          expect((await suppressBy(app)).headers.location).to.match(/^\.\/suppressions\/one\?/);
          const { text } = await request(app).get('/mail/messages?state=nonsense').expect(422);
          expect(text).to.include('Cannot be shown');
          const { body, headers } = await request(app).get('/mail/session').accept('json');
          expect(body.person).to.deep.equal({ id: 'host', name: 'host', role: 'admin' });
          expect(headers.etag).to.match(/^W/);
          const closed = express().use((_request, response, next) => {
            response.locals.session = { person: { role: 'admin' } };
            next();
          });
          await request(closed.use('/mail', adminRouter(mail)))
            .get('/mail/')
            .expect(403);
        }
      });

      it('leave the host its own locals for what it does at the end', async () => {
        const ends: unknown[] = [];
        const logging: RequestHandler = ({ query }, response, next) => {
          Object.assign(response.locals, { id: 7, query });
          for (const end of ['finish', 'close'])
            response.on(end, () => ends.push([end, { ...response.locals }, response.app === app]));
          next();
        };
        const app = host([logging]);
        await request(app).get('/mail/messages?x=1').expect(200);
        const locals = { id: 7, query: { x: '1' } };
        expect(ends).to.deep.equal([
          ['finish', locals, true],
          ['close', locals, true],
        ]);
      });

      it('have headers of their own after helmet, and leave the host its own', async () => {
        const app = host([middleware('helmet')(helmetOptions)]);
        app.get('/other', (_request, response) => void response.send('other'));
        const ours = await request(app).get('/mail/');
        expect(ours.headers['content-security-policy'])
          .to.include("default-src 'none'")
          .and.not.include('upgrade');
        const theirs = await request(app).get('/other');
        expect(theirs.headers['content-security-policy']).to.include('upgrade-insecure-requests');
        // Or mail could not be shown with its images.
        expect(ours.headers).not.to.have.property('cross-origin-embedder-policy');
        expect(theirs.headers['cross-origin-embedder-policy']).to.equal('require-corp');
      });

      it('leave the cookies of the host’s session alone, and answer in pieces through compression', async () => {
        const session = middleware('express-session')({
          secret: 'x',
          resave: false,
          saveUninitialized: true,
        });
        const app = host([middleware('compression')(), session]);
        const { headers } = await request(app).get('/mail/');
        expect(String(headers['set-cookie'])).to.include('connect.sid=').and.include('postlane-form=');
        expect((await suppressBy(app)).status).to.equal(303);
      });

      it('keep their cookies to their path, several of them in one host', async () => {
        const app = express().set('env', 'test').use('/mail', admin()).use('/other/mail', admin());
        const cookieAt = async (path: string) =>
          String((await request(app).get(path)).headers['set-cookie']).replace(/=[\w-]{22};/, '=x;');
        expect(await cookieAt('/mail')).to.equal('postlane-form=x; Path=/mail; HttpOnly; SameSite=Lax');
        expect(await cookieAt('/other/mail/')).to.equal(
          'postlane-form=x; Path=/other/mail; HttpOnly; SameSite=Lax',
        );
        const https = { publicUrl: 'https://shop.example' };
        const root = await request(host([], https, '/')).get('/');
        expect(String(root.headers['set-cookie'])).to.match(
          /^__Host-postlane-form=[\w-]+; Path=\/; HttpOnly; Secure/,
        );
        const below = await request(host([], https)).get('/mail/');
        expect(String(below.headers['set-cookie'])).to.match(
          /^__Secure-postlane-form=[\w-]+; Path=\/mail; HttpOnly; Secure/,
        );
      });

      it('work in a sub-app, in a router in a router, and behind proxies that keep or take a prefix', async () => {
        const inner = express().use('/b', admin());
        const nested = express.Router().use('/b', express.Router().use('/c', admin()));
        const prefixed = { publicUrl: 'https://shop.example/shop' };
        const cases: [app: Express, mount: string, path: string][] = [
          [express().use('/a', inner), '/a/b/', '/a/b'],
          [express().use('/a', nested), '/a/b/c/', '/a/b/c'],
          [host([], prefixed, '/shop/mail'), '/shop/mail/', '/shop/mail'],
          [host([], prefixed), '/mail/', '/shop/mail'],
          [host([], { publicUrl: 'https://shop.example/shop/mail' }), '/mail/', '/shop/mail'],
          [host([], {}, '/te;nant'), '/te;nant/', '/'],
        ];
        for (const [app, mount, path] of cases) {
          app.set('env', 'test');
          const { headers, text } = await request(app).get(`${mount}messages`);
          expect(String(headers['set-cookie']), mount).to.include(`; Path=${path};`);
          expect(text).to.include('href="./messages"').and.not.include(`href="${mount}`);
          const bare = await request(app).get(mount.slice(0, -1));
          expect(bare.text).to.include(`href="./${mount.split('/').at(-2)}/messages"`);
          await testDatabase()('postlane_suppressions').delete();
          expect((await suppressBy(app, mount)).headers.location).to.match(/^\.\/suppressions\/one\?/);
          expect(await suppressed()).to.equal(1);
        }
        const unknown = host([]);
        const { headers } = await request(unknown).get('/mail/').set('X-Forwarded-Prefix', '/shop');
        expect(String(headers['set-cookie'])).to.include('; Path=/shop/mail;');
      });

      it('say where they ought to be when a CSRF protection of the host comes first, and work before it', async () => {
        const sessions = [
          middleware('cookie-parser')('secret'),
          middleware('express-session')({ secret: 'x', resave: false, saveUninitialized: true }),
        ];
        const { doubleCsrfProtection } = doubleCsrf({
          getSecret: () => secret,
          getSessionIdentifier: () => 'x',
        });
        for (const protection of [middleware('csurf')({ cookie: true }), doubleCsrfProtection]) {
          const after = host([...sessions, protection]);
          expect((await request(after).get('/mail/')).text).to.include('mount Postlane before it');
          expect((await suppressBy(after)).status).to.equal(403);
          expect(await suppressed()).to.equal(0);
          const first = host(sessions).use(protection);
          expect((await request(first).get('/mail/')).text).not.to.include('mount Postlane before it');
          expect((await suppressBy(first)).status).to.equal(303);
          await testDatabase()('postlane_suppressions').delete();
        }
      });
    });
  }
});
