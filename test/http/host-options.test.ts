import { inspect } from 'node:util';
import { expect } from 'chai';
import { pino } from 'pino';
import request from 'supertest';
import { type AdminRouterOptions, adminRouter, mailRouter, publicRouter } from '../../server/app.ts';
import { type Mail, MailError } from '../../server/mail/index.ts';
import { postForm, visitForms } from '../support/forms.ts';
import { hostExpresses, hostWith, suppressBy } from '../support/host-middleware.ts';
import { openMail, testConfig } from '../support/mail.ts';
import { providerSamples } from '../support/provider-samples.ts';

const secret = 'a secret of the tests, 32 characters or more';
const password = 'the-password-of-the-tests';

describe('options of the routers', () => {
  let mail: Mail;
  before(async () => {
    // As the package's own createMail opens it: with everything that the configuration has.
    const settings = { secretKeys: [secret], webhookCredentials: [{ user: 'postmark', password }] };
    mail = await openMail({}, { ...testConfig(), ...settings });
  });
  after(() => mail.close());

  const admin = (options: AdminRouterOptions = {}) =>
    adminRouter(mail, { authenticate: () => true, ...options });

  describe('options', () => {
    const refusal = (work: () => unknown): MailError => {
      try {
        work();
      } catch (error) {
        if (error instanceof MailError) return error;
        throw error;
      }
      return expect.fail('It was taken.');
    };

    it('come from the configuration of the mail, except for who may come in', async () => {
      const app = hostWith(hostExpresses['Express 5'], [], mailRouter(mail, { authenticate: () => true }));
      expect((await suppressBy(app)).status).to.equal(303);
      await request(app)
        .post('/mail/webhooks/postmark')
        .auth('postmark', password)
        .send(providerSamples.Delivery)
        .expect(200);
      // Signed by the keys of the configuration: another process knows them.
      const visit = await visitForms(hostWith(hostExpresses['Express 4'], [], admin()), '/mail/');
      await postForm(app, '/mail/nowhere', {}, visit).expect(404);
    });

    it('are refused by name when they are unknown or cannot be', () => {
      const cases: [options: object, field: string, words: string][] = [
        [
          { authentcate: () => true },
          'authentcate',
          'adminRouter: authentcate is no option of it. Did you mean authenticate?',
        ],
        [{ trx: null }, 'trx', 'trx is no option of it. There are '],
        [{ authenticate: true }, 'authenticate', 'must be a function of the request'],
        [{ errors: 'hosts' }, 'errors', "must be 'page' or 'host'"],
        [{ publicUrl: 'shop.example' }, 'publicUrl', 'must be an http or https URL'],
        [{ publicPath: 'hooks' }, 'publicPath', 'begins with a slash'],
        [{ secretKeys: ['short'] }, 'secretKeys', 'at least 32 characters'],
        [{ signInUrl: '//evil.example' }, 'signInUrl', 'must be a path such as /login?next={return}'],
        [
          { webhookCredentials: [{ user: 'a:b', password: 'x' }] },
          'webhookCredentials',
          'a list of { user, password }',
        ],
        [{ signInUrl: '/login', onUnauthenticated: () => {} }, 'signInUrl', 'exclude each other'],
      ];
      for (const [options, field, words] of cases) {
        const error = refusal(() => adminRouter(mail, options as never));
        expect(error).to.include({ code: 'invalid-input', field });
        expect(error.message).to.include(words);
      }
      expect(refusal(() => publicRouter(mail, { authenticate: () => true } as never)).field).to.equal(
        'authenticate',
      );
      expect(refusal(() => adminRouter({ ...mail }, { authenticate: () => true })).message).to.include(
        'database is needed',
      );
    });

    it('of the configuration show in no log, no JSON and no inspection of the mail', () => {
      const lines: string[] = [];
      pino({}, { write: line => lines.push(line) }).info({ mail });
      const shown = [
        JSON.stringify(mail),
        inspect(mail, { depth: 6, showHidden: true }),
        ...lines,
        inspect({ ...mail }, { depth: 6 }),
      ];
      for (const text of shown) expect(text).not.to.include(secret).and.not.include(password);
    });
  });
});
