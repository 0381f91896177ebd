import { expect } from 'chai';
import express, { type Express } from 'express';
import type request from 'supertest';
import { hostAccess } from '../../server/admin/access/host.ts';
import type { Person } from '../../server/admin/person.ts';
import { pageRouter } from '../../server/admin/router.ts';
import { testDatabase } from '../support/database.ts';
import { postForm, visitForms } from '../support/forms.ts';
import { type AccessApp, openAccessApp } from './access-app.ts';

// What can be changed by a form and shows at once whether it was: one's name is in the list of invited people.
const invitee = (name: string) => ({ email: `${name}@example.com`, name, role: 'admin' });

describe('forms', () => {
  let opened: AccessApp;
  before(async () => {
    opened = await openAccessApp();
    await opened.account('ada@example.com', 'admin');
    await opened.account('grace@example.com', 'admin');
  });
  after(() => opened.mail.close());

  const forged = async (sent: request.Test) => {
    const { status, text } = await sent;
    expect(status).to.equal(403);
    expect(text).to.include('This form has expired').and.include('Nothing was changed.');
    expect(await testDatabase()('postlane_accounts').where('email', 'like', 'forged%')).to.deep.equal([]);
  };

  it('are refused without a token, with a made-up one, and with somebody else’s', async () => {
    const ada = await opened.signedIn('ada@example.com');
    const grace = await opened.signedIn('grace@example.com');
    const send = (fields: object) =>
      ada.agent
        .post('/users')
        .type('form')
        .send({ ...invitee('forged'), ...fields });
    await forged(send({}));
    await forged(send({ _csrf: 'x'.repeat(43) }));
    await forged(send({ _csrf: ['a', 'b'] }));
    await forged(send({ _csrf: await grace.token() }));
    await forged(
      ada.agent
        .post('/users')
        .set('X-CSRF-Token', await grace.token())
        .type('form')
        .send(invitee('forged')),
    );
  });

  it('are refused with a token of the session before', async () => {
    const ada = await opened.signedIn('ada@example.com');
    const old = await ada.token();
    await ada.post('/sign-out');
    await ada.signIn('ada@example.com');
    await forged(
      ada.agent
        .post('/users')
        .type('form')
        .send({ ...invitee('forged'), _csrf: old }),
    );
  });

  it('are refused from other sites, whatever token they bring', async () => {
    const ada = await opened.signedIn('ada@example.com');
    const _csrf = await ada.token();
    for (const headers of [
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { Origin: 'http://127.0.0.1.evil.example' },
    ]) {
      await forged(
        ada.agent
          .post('/users')
          .set(headers as never)
          .type('form')
          .send({ ...invitee('forged'), _csrf }),
      );
    }
    await forged(
      opened.browser().agent.post('/sign-in').set('Sec-Fetch-Site', 'cross-site').type('form').send({}),
    );
  });

  it('are taken from our pages, by field or by header', async () => {
    const ada = await opened.signedIn('ada@example.com');
    const _csrf = await ada.token();
    const origin = { 'Sec-Fetch-Site': 'same-origin', Origin: 'http://127.0.0.1' };
    await ada.agent
      .post('/users')
      .set(origin)
      .type('form')
      .send({ ...invitee('one'), _csrf })
      .expect(200);
    const { token } = await visitFormsOf(ada);
    await ada.agent.post('/users').set('X-CSRF-Token', token).send(invitee('two')).expect(200);
  });

  it('are refused plainly when they are too large, broken or of another type', async () => {
    const ada = await opened.signedIn('ada@example.com');
    const _csrf = await ada.token();
    const send = (type: string, body: string) =>
      ada.agent.post('/users').set('Content-Type', type).send(body);
    const large = await send('application/x-www-form-urlencoded', `_csrf=${_csrf}&name=${'x'.repeat(6.4e6)}`);
    expect([large.status, large.text.includes('Request too large')]).to.deep.equal([413, true]);
    const many = await send('application/x-www-form-urlencoded', `_csrf=${_csrf}${'&a=1'.repeat(6000)}`);
    expect(many.status).to.equal(413);
    const broken = await send('application/json', '{"name":');
    expect([broken.status, broken.text.includes('Request not readable')]).to.deep.equal([400, true]);
    for (const type of ['text/plain', 'multipart/form-data; boundary=x', 'application/xml']) {
      const { status, text } = await send(type, `_csrf=${_csrf}&email=forged@example.com`);
      expect([status, text.includes('application/x-www-form-urlencoded')], type).to.deep.equal([415, true]);
    }
    const charset = await send('application/x-www-form-urlencoded; charset=x-nonsense', 'a=1');
    expect(charset.status).to.equal(415);
    // Who is not signed in has even less to say.
    const stranger = await opened
      .browser()
      .agent.post('/users')
      .type('form')
      .send({ name: 'x'.repeat(40_000) });
    expect(stranger.status).to.equal(413);
  });

  it('cannot reach prototypes', async () => {
    const ada = await opened.signedIn('ada@example.com');
    const body = `_csrf=${await ada.token()}&__proto__[admin]=1&constructor[prototype][admin]=1&email=x`;
    await ada.agent.post('/users').type('form').send(body).expect(422);
    expect(({} as { admin?: unknown }).admin).to.equal(undefined);
  });

  describe('of a host that says who is who', () => {
    let person: Person = { id: '42', name: 'Ada', role: 'editor' };
    const secretKeys = ['one key, 32 characters or longer', 'another key, also long enough...'];
    const appWith = (keys: string[]): Express =>
      express()
        .set('env', 'test')
        .use(
          '/mail',
          pageRouter(opened.mail, hostAccess({ authenticate: () => person }), {
            jobs: testDatabase(),
            secretKeys: keys,
          }),
        );

    it('are bound to the browser and the person, and outlive a change of keys', async () => {
      const visit = await visitForms(appWith(secretKeys.slice(1)), '/mail/');
      const to = (app: Express, seen = visit) => postForm(app, '/mail/nowhere', {}, seen);
      await to(appWith(secretKeys)).expect(404);
      await to(appWith(['some other key of 32 characters...'])).expect(403);
      await to(appWith(secretKeys), { ...visit, cookie: 'postlane-form=AAAAAAAAAAAAAAAAAAAAAA' }).expect(403);
      person = { ...person, id: '43' };
      await to(appWith(secretKeys)).expect(403);
      person = { ...person, role: 'viewer' };
      const viewer = await visitForms(appWith(secretKeys), '/mail/');
      await to(appWith(secretKeys), viewer).expect(404);
      const { text } = await postForm(appWith(secretKeys), '/mail/suppressions', {}, viewer).expect(403);
      expect(text).to.include('This requires the editor role; you are viewer.');
    });
  });

  async function visitFormsOf(browser: { token(): Promise<string> }) {
    return { token: await browser.token() };
  }
});

describe('a session that ends in the middle of an edit', () => {
  let opened: AccessApp;
  before(async () => {
    opened = await openAccessApp();
    await opened.account('ada@example.com', 'admin');
  });
  after(() => opened.mail.close());

  const interrupted = async () => {
    const ada = await opened.signedIn('ada@example.com');
    const _csrf = await ada.token();
    opened.clock.advance(13 * 3_600_000);
    return { ada, _csrf };
  };

  it('says so, gives back what was typed, and leads back to the page', async () => {
    const { ada, _csrf } = await interrupted();
    const fields = {
      subject: 'Half a <b>sentence',
      _page: 'templates/newsletter?pane=html',
      password: 'hidden',
      _csrf,
    };
    const { text } = await ada.agent
      .post('/templates/newsletter/draft')
      .set('Sec-Fetch-Site', 'same-origin')
      .type('form')
      .send(fields)
      .expect(401);
    expect(text).to.include('Your session has ended. Nothing was changed.');
    expect(text).to.include('name="return" value="./templates/newsletter?pane&#x3D;html"');
    expect(text).to.match(/<textarea[^>]*>\nHalf a &lt;b&gt;sentence<\/textarea>/);
    expect(text).not.to.include('hidden<').and.not.include(_csrf);
  });

  it('gives back nothing that another site typed, whatever token it brings', async () => {
    const stranger = await opened.browser().token();
    for (const [from, forged] of [
      [{}, null],
      [{ Origin: 'null' }, null],
      [{ Origin: 'https://evil.example' }, null],
      [{ Origin: 'http://evil.127.0.0.1' }, null],
      [{ 'Sec-Fetch-Site': 'cross-site' }, null],
      [{ 'Sec-Fetch-Site': 'same-site' }, null],
      [{ 'Sec-Fetch-Site': 'none' }, null],
      [{ 'Sec-Fetch-Site': 'cross-site', Origin: 'http://127.0.0.1' }, null],
      [{ 'Sec-Fetch-Site': 'same-origin' }, ''],
      [{ 'Sec-Fetch-Site': 'same-origin' }, stranger],
      [{ Origin: 'http://127.0.0.1' }, `${stranger}.${stranger}`],
    ] as [Record<string, string>, string | null][]) {
      const { ada, _csrf } = await interrupted();
      const { text, headers } = await ada.agent
        .post('/users')
        .set(from)
        .type('form')
        .send({ email: 'eve@evil.example', role: 'admin', _page: 'users/new', _csrf: forged ?? _csrf })
        .expect(401);
      expect(text, JSON.stringify(from)).to.include('Nothing was changed.');
      expect(text).not.to.include('evil').and.not.include('data-unsent-form').and.not.include('users/new');
      expect(String(headers['set-cookie'])).not.to.include('flash');
    }
  });

  it('keeps a large text too', async () => {
    const { ada, _csrf } = await interrupted();
    const html = 'x'.repeat(2_000_000);
    const { text } = await ada.agent
      .post('/templates/newsletter/draft')
      .set('Origin', 'http://127.0.0.1')
      .type('form')
      .send({ html, _csrf })
      .expect(401);
    expect(text).to.include(html);
  });

  it('tells a script, which can go on with a new token once somebody has signed in', async () => {
    const { ada } = await interrupted();
    const draft = () => ada.agent.put('/templates/newsletter/draft').set('Accept', 'application/json');
    const { body } = await draft().send({ html: 'x' }).expect(401);
    expect(body).to.deep.include({ code: 'signed-out' });
    await ada.get('/session').set('Accept', 'application/json').expect(401);
    await ada.signIn('ada@example.com');
    const session = await ada.get('/session').set('Accept', 'application/json').expect(200);
    expect(session.body.person).to.deep.include({ name: 'admin ada', role: 'admin' });
    const { status } = await draft().set('X-CSRF-Token', session.body.csrf).send({ html: 'x' });
    expect(status).not.to.be.oneOf([401, 403]);
  });

  it('tells a script of a forged request in the same words', async () => {
    const ada = await opened.signedIn('ada@example.com');
    const { body } = await ada.agent.post('/users').set('Accept', 'application/json').send({}).expect(403);
    expect(body).to.deep.include({ code: 'forged' });
  });

  it('says to who was never in that they are signed out', async () => {
    const { text } = await opened.browser().agent.post('/users').type('form').send({ name: 'x' }).expect(401);
    expect(text).to.include('You are signed out. Nothing was changed.');
  });
});
