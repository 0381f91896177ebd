import { expect } from 'chai';
import type { Express } from 'express';
import request, { type Response } from 'supertest';
import type { Person } from '../../server/admin/person.ts';
import type { Mail } from '../../server/mail/index.ts';
import { upgradeInput } from '../support/inputs.ts';
import { openPagesMail, type PagesMail } from './pages-mail.ts';

/** A browser without a script: cookies, tokens and forms. */
interface Visitor {
  get(path: string): Promise<Response>;
  post(path: string, fields: Record<string, string>): Promise<Response>;
  /** As the editor's script does. */
  send(path: string, fields: Record<string, string>): Promise<Response>;
}

describe('pages about templates', () => {
  let mail: Mail;
  let opened: PagesMail;
  let appFor: (person?: Person) => Express;

  before(async () => {
    opened = await openPagesMail();
    mail = opened.mail;
    appFor = person => opened.appAt('/', person);
  });
  after(() => mail.close());

  const visit = async (role: Person['role'] = 'admin', id: string = role): Promise<Visitor> => {
    const agent = request.agent(appFor({ id, name: id, role }));
    const { text } = await agent.get('/templates');
    const token = /csrf-token" content="([^"]+)"/.exec(text)?.[1] ?? '';
    return {
      get: path => agent.get(`/templates${path}`),
      post: (path, fields) =>
        agent
          .post(`/templates${path}`)
          .type('form')
          .send({ ...fields, _csrf: token }),
      send: (path, fields) =>
        agent
          .post(`/templates${path}`)
          .type('form')
          .set({ Accept: 'application/json', 'X-CSRF-Token': token })
          .send(fields),
    };
  };
  const revisionOf = async (key: string): Promise<string> =>
    String((await mail.templates.get({ kind: 'template', key }))?.revision);
  /** The editor's form for one template, with changes. */
  const formOf = async (key: string, changes: Record<string, string>): Promise<Record<string, string>> => {
    const visitor = await visit();
    const { text } = await visitor.get(`/${key}`);
    return { ...fieldsIn(text), revision: await revisionOf(key), ...changes };
  };

  it('list what there is by kind, and find words in it', async () => {
    const visitor = await visit();
    const list = await visitor.get('/');
    expect(list.status).to.equal(200);
    expect(list.text)
      .to.include('>newsletter</a>')
      .and.include('version 1')
      .and.include('the template files');
    expect((await visitor.get('?kind=layout')).text)
      .to.include('layout%3Adefault')
      .and.match(/\d+ templates/);
    expect((await visitor.get('?kind=partial&q=butt')).text)
      .to.include('>button</a>')
      .and.not.include('>fact</a>');
    const none = await visitor.get(`?q=${encodeURIComponent(`%_'"`)}`);
    expect(none.status).to.equal(200);
    expect(none.text).to.include('Nothing matches').and.include('value="%_&#x27;&quot;"');
  });

  it('store the whole form and give back what was stored', async () => {
    const visitor = await visit('editor');
    const form = await formOf('receipt', { 'locales[default][subject]': 'Paid: {{x}}\r\n' });
    const answer = await visitor.post('/receipt/draft', form);
    expect(answer.status).to.equal(303);
    const view = await mail.templates.get({ kind: 'template', key: 'receipt' });
    const { draft, published } = view ?? {};
    expect(draft?.source.content).to.have.nested.property('locales.default.subject', 'Paid: {{x}}\n');
    // All the rest is as it was: the form is no lossy copy of the source.
    const { locales, ...rest } = draft?.source.content ?? {};
    const { locales: before, ...restBefore } = published?.source.content ?? {};
    expect(rest).to.deep.equal(restBefore);
    expect((locales as typeof before)?.default.html).to.equal(before?.default.html);
  });

  it('make no draft of a form that changes nothing', async () => {
    const visitor = await visit('editor');
    // The second has line breaks in its sample, which a line of the table cannot show.
    for (const key of ['order-shipped', 'order-confirmation']) {
      const answer = await visitor.send(`/${key}/draft`, await formOf(key, {}));
      expect(answer.status).to.equal(200);
      expect((await mail.templates.get({ kind: 'template', key }))?.draft, key).to.equal(null);
    }
  });

  it('add and remove languages, keeping what was typed', async () => {
    const visitor = await visit('editor');
    const form = await formOf('order-shipped', {
      'locales[default][subject]': 'On its way',
      newLanguage: 'nl',
      next: 'add-language',
    });
    const answer = await visitor.post('/order-shipped/draft', form);
    expect(answer.headers.location).to.match(/order-shipped\?locale=nl$/);
    const page = await visitor.get('/order-shipped?locale=nl');
    expect(page.text).to.include('Dutch').and.include('locales[nl][html]');
    const content = (await mail.templates.get({ kind: 'template', key: 'order-shipped' }))?.draft?.source
      .content;
    expect(content).to.have.nested.property('locales.nl.subject', 'On its way');
    const again = await formOf('order-shipped', { newLanguage: 'no language', next: 'add-language' });
    const refused = await visitor.post('/order-shipped/draft', again);
    expect(refused.status).to.equal(422);
    expect(refused.text).to.include('written like nl or nl-BE').and.include('name="locales[nl][html]"');
  });

  it('save a case and show it, or say why not and keep what was typed', async () => {
    const visitor = await visit('editor');
    const post = async (json: string) =>
      visitor.post(
        '/email-verification/draft',
        await formOf('email-verification', {
          ...{ next: 'case', 'case[name]': 'Nobody', 'case[locale]': 'NL', 'case[data]': json },
        }),
      );
    const refused = await post('{ "name": ');
    expect(refused.status).to.equal(422);
    expect(refused.text).to.include('The case was not saved').and.include('{ &quot;name&quot;: ');
    expect(refused.text).to.match(/data-tab="Cases"[^>]* data-opens/);
    const saved = await post('{ "code": "000000" }');
    expect(saved.headers.location).to.match(/email-verification\?case=[\w-]+$/);
    const { text } = await visitor.get(
      `/email-verification${new URL(saved.headers.location ?? '', 'http://x').search}`,
    );
    expect(text).to.match(/<option value="case:[\w-]+" selected>Nobody, Dutch/);
    const remove = /remove-case:[\w-]+/.exec(text)?.[0] ?? '';
    await visitor.post('/email-verification/draft', await formOf('email-verification', { next: remove }));
    expect((await visitor.get('/email-verification')).text).to.not.include('Nobody');
  });

  it('send a test, marked as one and no message; a refused one keeps its address', async () => {
    const visitor = await visit('editor');
    const before = opened.api.given.length;
    const test = async (testTo: string) =>
      visitor.post(
        '/loyalty-tier-upgrade/draft',
        await formOf('loyalty-tier-upgrade', { next: 'test', testTo }),
      );
    const refused = await test('nobody at home');
    expect(refused.status).to.equal(422);
    expect(refused.text).to.include('The test was not sent').and.include('value="nobody at home"');
    expect((await test('me@shop.example')).status).to.equal(303);
    const [sent, ...more] = opened.api.given.slice(before);
    expect(more).to.deep.equal([]);
    expect(sent?.subject).to.match(/^\[Test\] /);
    expect((await mail.messages.find({ recipient: 'me@shop.example' })).messages).to.deep.equal([]);
  });

  it('show in a replay what the draft makes of real mail, beside it', async () => {
    const visitor = await visit('publisher');
    const { id } = await mail.send(upgradeInput(), { wait: true });
    await visitor.post(
      '/loyalty-tier-upgrade/draft',
      await formOf('loyalty-tier-upgrade', { 'locales[default][html]': '<p>Quite other: {{actionUrl}}</p>' }),
    );
    const page = await visitor.get('/loyalty-tier-upgrade/replay');
    expect(page.text).to.include('1 difference').and.include('<ins>').and.include(`replay/${id}/sent`);
    expect((await visitor.get(`/loyalty-tier-upgrade/replay/${id}/sent`)).text).to.not.include('Quite other');
    const draft = await visitor.get(`/loyalty-tier-upgrade/replay/${id}/draft`);
    expect(draft.text).to.include('Quite other: https://shop.example/tier/1');
    expect(draft.headers['content-security-policy']).to.include('sandbox');

    await visitor.post(
      '/loyalty-tier-upgrade/draft',
      await formOf('loyalty-tier-upgrade', { 'locales[default][html]': '<p>\n{{actionUlr}}</p>' }),
    );
    const failing = await visitor.get('/loyalty-tier-upgrade/replay');
    expect(failing.text)
      .to.include('1 message could not be rendered: actionUlr is not in the data contract')
      .and.include('locales%5Bdefault%5D%5Bhtml%5D:2:3')
      .and.not.include('[object Object]');
    const diff = await visitor.get('/loyalty-tier-upgrade/diff?from=1&to=draft');
    expect(diff.text).to.include('The draft cannot be rendered: html, line 2: actionUlr');
    const revision = await revisionOf('loyalty-tier-upgrade');
    await visitor.post('/loyalty-tier-upgrade/discard', { revision });
  });

  it('answer a template that does not parse with the line', async () => {
    const visitor = await visit('editor');
    const form = await formOf('newsletter', { 'locales[default][html]': '<p>\n{{#if issue}}\n</p>' });
    const { body } = await visitor.send('/newsletter/preview', form);
    expect(body.mail).to.equal(null);
    const [fault] = body.faults;
    expect(fault).to.include({ severity: 'error', field: 'locales[default][html]' });
    expect(fault.line).to.be.within(1, 3);
  });

  it('answer a partial that includes itself', async () => {
    const visitor = await visit('editor');
    const view = await mail.templates.get({ kind: 'partial', key: 'button' });
    const { body } = await visitor.send('/partial:button/preview', {
      'locales[default][html]': '{{> button}}',
      'locales[default][text]': '{{url}}',
      'show[template]': 'password-reset',
      revision: String(view?.revision),
    });
    expect(body.mail).to.equal(null);
    expect(JSON.stringify(body)).to.match(/itself/);
  });

  it('answer 5 MB of HTML with its size, and more with a plain no', async () => {
    const visitor = await visit('editor');
    const tooMuch = await formOf('newsletter', { 'locales[default][html]': 'a'.repeat(5.3 * 1024 * 1024) });
    const answer = await visitor.send('/newsletter/draft', tooMuch);
    expect(answer.status).to.equal(413);
    expect(answer.body.message).to.match(/This is 5\.3 MB; a template may have 5 MB/);
    const farTooMuch = { ...tooMuch, 'locales[default][html]': 'a'.repeat(7 * 1024 * 1024) };
    expect((await visitor.send('/newsletter/draft', farTooMuch)).status).to.equal(413);
  });

  it('answer sample data that is no JSON with the form as it was typed', async () => {
    const visitor = await visit('editor');
    const answer = await visitor.post(
      '/newsletter/draft',
      await formOf('newsletter', { sample: '{ "issue": ' }),
    );
    expect(answer.status).to.equal(422);
    expect(answer.text).to.include('The data is no JSON').and.include('{ &quot;issue&quot;: ');
  });

  it('show the second of two who save at once what the first wrote', async () => {
    const [grace, ada] = [await visit('editor', 'grace'), await visit('editor', 'ada')];
    const form = await formOf('operational-alert', {});
    expect(
      (await grace.send('/operational-alert/draft', { ...form, 'locales[default][subject]': 'G' })).status,
    ).to.equal(200);
    const mine = { ...form, 'locales[default][subject]': 'A' };
    expect((await ada.send('/operational-alert/draft', mine)).status).to.equal(409);
    const page = await ada.post('/operational-alert/draft', mine);
    expect(page.status).to.equal(409);
    expect(page.text)
      .to.include('Nothing is lost')
      .and.match(/data-theirs[^>]*>\nG</)
      .and.match(/data-mine>\nA</);
  });

  it('publish for the first of two who do so at once, and tell the second', async () => {
    const editor = await visit('editor');
    await editor.post(
      '/password-reset/draft',
      await formOf('password-reset', { 'locales[default][subject]': 'Choose a new password' }),
    );
    const revision = await revisionOf('password-reset');
    const fields = { revision, message: 'Clearer', acceptWarnings: 'yes' };
    const [first, second] = [await visit('publisher', 'one'), await visit('publisher', 'two')];
    const answers = await Promise.all(
      [first, second].map(one => one.post('/password-reset/publication', fields)),
    );
    expect(answers.map(({ status }) => status)).to.deep.equal([303, 303]);
    const cookies = answers.map(({ headers }) => noticeIn(headers['set-cookie'] as unknown as string[]));
    expect(cookies.sort()).to.deep.equal([
      'Somebody published or discarded this draft meanwhile.',
      'Version 2 is published.',
    ]);
    // What is compared most is chosen already: the last two.
    const { text } = await editor.get('/password-reset/history');
    expect([...text.matchAll(/value="([^"]+)" selected/g)].map(([, pick]) => pick)).to.deep.equal(['1', '2']);
  });

  it('name every template that a layout touches before it is published', async () => {
    const visitor = await visit('publisher');
    const { text } = await visitor.get('/layout:default');
    const form = {
      ...fieldsIn(text),
      'locales[default][html]': `${fieldsIn(text)['locales[default][html]']}<!-- -->`,
    };
    await visitor.post('/layout:default/draft', form);
    const page = await visitor.get('/layout:default/publication');
    for (const key of ['password-reset', 'receipt', 'order-confirmation'])
      expect(page.text).to.include(`>${key}</a>`);
    expect(page.text).to.not.match(/<li><a[^>]*>newsletter</);
  });

  it('keep publishing from editors, and changing from viewers', async () => {
    const editor = await visit('editor');
    expect((await editor.get('/receipt/publication')).status).to.equal(403);
    const viewer = await visit('viewer');
    expect((await viewer.post('/receipt/draft', { revision: '1' })).status).to.equal(403);
    expect((await viewer.get('/receipt')).status).to.equal(200);
  });

  it('refuse a forged form', async () => {
    const answer = await request(appFor())
      .post('/templates/receipt/draft')
      .type('form')
      .send({ revision: '1' });
    expect(answer.status).to.equal(403);
  });

  it('show a mail in a frame without script, form or origin', async () => {
    const visitor = await visit('editor');
    const html =
      '<style>@media (prefers-color-scheme: dark) { b { color: red } }</style><script>alert(1)</script>';
    const answer = await visitor.post('/frame', { html, scheme: 'dark' });
    expect(answer.headers['content-security-policy']).to.include('sandbox').and.include("default-src 'none'");
    expect(answer.headers['content-security-policy']).to.not.include('script-src');
    expect(answer.text).to.include('@media (min-width: 0)');
    expect((await visitor.get('/receipt/preview?version=1&scheme=light')).text).to.include('<html');
  });

  it('make a new template as a draft, and refuse a key that is taken', async () => {
    const visitor = await visit('editor');
    const fields = {
      kind: 'template',
      key: 'winter-sale',
      category: 'announcement',
      layout: 'newsletter',
      markup: 'html',
    };
    expect((await visitor.post('/', fields)).headers.location).to.match(/templates\/winter-sale$/);
    expect((await visitor.get('/winter-sale')).text).to.include('never published');
    const again = await visitor.post('/', fields);
    expect(again.status).to.equal(422);
    expect(again.text).to.include('role="alert"').and.include('value="winter-sale"');
  });

  it('compile MJML when it is saved', async () => {
    const visitor = await visit('editor');
    await visitor.post('/', {
      kind: 'template',
      key: 'in-mjml',
      category: 'announcement',
      layout: 'default',
      markup: 'mjml',
    });
    const page = await visitor.get('/in-mjml');
    expect(page.text).to.include('locales[default][mjml]').and.not.include('name="locales[default][html]"');
    const { text } = await visitor.get('/in-mjml/preview');
    expect(text).to.include('Hello').and.include('<!doctype html>').and.not.include('mj-text');
  });

  it('say that there is no such template, version or page', async () => {
    const visitor = await visit();
    for (const path of ['/nothing', '/thing:default', '/receipt/versions/99', '/receipt/diff?from=1&to=99'])
      expect((await visitor.get(path)).status, path).to.equal(404);
  });
  // Threads that render are started here, which takes long where every core is busy.
}).timeout(60_000);

/** The fields of the editor's form as a browser would send them. */
function fieldsIn(html: string): Record<string, string> {
  const form =
    /<form class="editor"[\s\S]*?<\/form>/.exec(html)?.[0].replace(/<template[\s\S]*?<\/template>/g, '') ??
    '';
  const fields: Record<string, string> = {};
  for (const [, name = '', value = ''] of form.matchAll(
    /<textarea[^>]* name="([^"]+)"[^>]*>\n?([\s\S]*?)<\/textarea>/g,
  ))
    fields[name] = unescaped(value);
  for (const [input] of form.matchAll(/<input[^>]*>/g)) {
    const {
      name,
      value = '',
      type,
    } = Object.fromEntries(
      [...input.matchAll(/(\w+)="([^"]*)"/g)].map(([, n, v]) => [n, unescaped(v ?? '')]),
    );
    if (name && (type !== 'checkbox' || / checked/.test(input)))
      fields[name] = type === 'hidden' ? value : value.replace(/[\r\n]/g, '');
  }
  for (const [, name = '', options = ''] of form.matchAll(
    /<select[^>]*? name="([^"]+)"[^>]*>([\s\S]*?)<\/select>/g,
  ))
    fields[name] = unescaped(
      /<option[^>]* selected>([^<]*)/.exec(options)?.[1] ??
        /<option(?: value="([^"]*)")?/.exec(options)?.[1] ??
        '',
    );
  return fields;
}

function unescaped(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };
  return text.replace(/&(?:#x([0-9A-F]+)|(\w+));/gi, (_, code, name) =>
    code ? String.fromCodePoint(Number.parseInt(code, 16)) : (named[name] ?? ''),
  );
}

function noticeIn(cookies: string[]): string {
  const value = cookies.map(cookie => /^postlane-notice=([^;]+)/.exec(cookie)?.[1]).find(Boolean) ?? '';
  return JSON.parse(Buffer.from(value, 'base64url').toString()).text;
}
