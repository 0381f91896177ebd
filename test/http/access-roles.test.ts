import { expect } from 'chai';
import express from 'express';
import request from 'supertest';
import { type Authenticated, hostAccess } from '../../server/admin/access/host.ts';
import { roles } from '../../server/admin/person.ts';
import { pageRouter } from '../../server/admin/router.ts';
import { mailRouter } from '../../server/app.ts';
import type { Mail } from '../../server/mail/index.ts';
import { testDatabase, testDatabaseUrl } from '../support/database.ts';
import { postForm, visitForms } from '../support/forms.ts';
import { openMail } from '../support/mail.ts';

describe('roles', () => {
  let mail: Mail;
  before(async () => {
    mail = await openMail();
  });
  after(() => mail.close());

  const hosted = (answer: () => Authenticated | Promise<Authenticated>) =>
    express()
      .set('env', 'test')
      .use(
        '/mail',
        mailRouter(mail, { database: testDatabaseUrl(), webhookCredentials: [], authenticate: answer }),
      );
  const appFor = (role: (typeof roles)[number]) => hosted(() => ({ id: `h-${role}`, name: role, role }));

  it('are what the host says, at once or later', async () => {
    for (const answer of [
      { id: '42', name: 'Ada', role: 'viewer' } as const,
      Promise.resolve({ id: '42', name: 'Ada', role: 'viewer' } as const),
    ]) {
      const { text } = await request(hosted(() => answer))
        .get('/mail/')
        .expect(200);
      expect(text).to.include('Ada').and.include('viewer').and.not.include('sign-out');
    }
    const { body } = await request(hosted(() => true))
      .get('/mail/session')
      .expect(200);
    expect(body.person).to.deep.equal({ id: 'host', name: 'host', role: 'admin' });
  });

  it('are nobody’s when the host says no, in words for people and for scripts', async () => {
    for (const answer of [false, null, undefined]) {
      const app = hosted(() => answer);
      const { text } = await request(app).get('/mail/messages').expect(403);
      expect(text).to.include('Not allowed. The host application decides who may use these pages.');
      const { body } = await request(app).get('/mail/messages').accept('json').expect(401);
      expect(body.code).to.equal('signed-out');
      await request(app).post('/mail/messages').type('form').send({ a: 1 }).expect(403);
      await request(app).get('/mail/sign-in').expect(403);
    }
  });

  it('are never guessed: an answer that is none fails', async () => {
    for (const answer of [
      { id: '1', name: 'x', role: 'root' },
      { id: '', name: 'x', role: 'admin' },
      { id: 7, name: 'x', role: 'admin' },
      'admin',
    ]) {
      await request(hosted(() => answer as never))
        .get('/mail/')
        .expect(500);
    }
    const down = () => {
      throw new Error('down');
    };
    for (const fails of [down, async () => down()]) {
      const { text } = await request(hosted(fails)).get('/mail/').expect(500);
      expect(text).not.to.include('down');
    }
  });

  it('see only the sections they may open', async () => {
    const sectionsOf = async (role: (typeof roles)[number]) => {
      const { text } = await request(appFor(role)).get('/mail/').expect(200);
      return /href="\.\/audit"/.test(text);
    };
    expect(await Promise.all(roles.map(sectionsOf))).to.deep.equal([false, false, true, true]);
    const statuses = await Promise.all(
      roles.map(async role => (await request(appFor(role)).get('/mail/audit')).status),
    );
    expect(statuses).to.deep.equal([403, 403, 200, 200]);
    // With a host's people there are no accounts to look after.
    await request(appFor('admin')).get('/mail/users').expect(404);
    await request(appFor('admin')).get('/mail/profile').expect(404);
  });

  it('keep a viewer from every change', async () => {
    const access = hostAccess({ authenticate: () => ({ id: 'v', name: 'v', role: 'viewer' }) });
    const app = express()
      .set('env', 'test')
      .use('/', pageRouter(mail, access, { jobs: testDatabase(), secretKeys: ['x'.repeat(32)] }));
    const visit = await visitForms(app);
    for (const [path, role] of [
      ['/messages/x/retry', 'publisher'],
      ['/campaigns', 'editor'],
      ['/templates/newsletter/draft', 'editor'],
      ['/suppressions', 'editor'],
      ['/suppressions/lift', 'publisher'],
      ['/jobs/x/run', 'admin'],
    ] as const) {
      const { text } = await postForm(app, path, {}, visit).expect(403);
      expect(text, path).to.include(
        `This requires the ${role} role; you are viewer. An admin can change that.`,
      );
    }
    await postForm(app, '/nowhere', {}, visit).expect(404);
  });
});
